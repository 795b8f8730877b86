import ArgumentParser
import LambdaModel
import LaminaErrors
import LayerBuild

/// Where a layer's packages lie, by a name that says for which language.
enum LayoutChoice: ExpressibleByArgument {
    case python(PythonLayout)
    case node(NodeLayout)

    init?(argument: String) {
        if let layout = PythonLayout(rawValue: argument) {
            self = .python(layout)
        } else if let layout = NodeLayout(rawValue: argument) {
            self = .node(layout)
        } else {
            return nil
        }
    }

    /// - Throws: ``LaminaError`` `invalidArgument` where there is none of the name.
    init(named name: String) throws {
        guard let choice = LayoutChoice(argument: name) else {
            throw LaminaError(
                .invalidArgument, "'\(name)' is no layout; there are \(Self.allValueStrings.joined(separator: ", "))")
        }
        self = choice
    }

    static var allValueStrings: [String] { PythonLayout.allCases.map(\.rawValue) + NodeLayout.allCases.map(\.rawValue) }

    /// - Throws: ``LaminaError`` `invalidArgument` for a layout of another language than the runtime's.
    func apply(to settings: inout BuildSettings, for runtime: Runtime) throws {
        switch (self, runtime.family) {
        case (.python(let layout), .python): settings.layout = layout
        case (.node(let layout), .nodejs): settings.nodeLayout = layout
        default: throw LaminaError(.invalidArgument, "the layout is for another language than that of \(runtime)")
        }
    }
}

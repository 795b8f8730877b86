import ArgumentParser
import Execution
import LambdaModel
import SystemPackage

/// `lamina runtimes`.
struct RuntimesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runtimes",
        abstract: "List the runtimes: what this machine has for them, or how to get it.",
        discussion: """
            Interpreters are found where pyenv, uv, nvm, rbenv and SDKMAN put them, and on PATH; 'lamina runtime add' names one by hand. What \
            a runtime's client still needs is installed by a server at a function's first start; --prepare does it ahead.

            EXAMPLES
              lamina runtimes
              lamina runtimes --prepare python3.13
              lamina runtimes --format json
            """)

    @Option(help: "A runtime whose client is to be installed now.")
    var prepare: String?

    @OptionGroup var format: FormatOption

    func run() async throws {
        if let prepare { try await RuntimeInventory.prepare(try Runtime(prepare)) }
        try format.print(RuntimeList(runtimes: try await RuntimeInventory.items().map(RuntimeList.Item.init)))
    }
}

/// What `lamina runtimes` prints.
private struct RuntimeList: Encodable, TableRenderable {
    var runtimes: [Item]

    struct Item: Encodable {
        var runtime: String
        var state: RuntimeInventory.State
        var version: String?
        /// The interpreter's program, or an image's folder.
        var path: String?
        var isAdded: Bool
        var note: String?

        init(_ item: RuntimeInventory.Item) {
            runtime = item.runtime.identifier
            (state, version, path) = (item.state, item.version, item.path?.string)
            (isAdded, note) = (item.isAdded, item.note)
        }

        fileprivate var row: [String] {
            let added = isAdded ? "added by hand" : nil
            return [runtime, state.rawValue, version ?? "", [path, added, note].compactMap { $0 }.joined(separator: "; ")]
        }
    }

    var table: String { TextTable(columns: [.left, .left, .left, .left], rows: runtimes.map(\.row)).text }
}

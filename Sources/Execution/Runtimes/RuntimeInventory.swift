import ContainerImages
import Foundation
import Interpreters
import LambdaModel
import LaminaErrors
import SystemPackage

/// What this machine has for the functions of each runtime.
public enum RuntimeInventory {
    public struct Item: Sendable {
        public var runtime: Runtime
        public var state: State
        /// The interpreter's program, or the folder of an image.
        public var path: FilePath?
        /// The interpreter's version, as in `3.13.2`.
        public var version: String?
        /// Whether a user has named it by hand.
        public var isAdded = false
        /// Why it is missing and how to get it, or what else is to know.
        public var note: String?
    }

    public enum State: String, Sendable, Encodable {
        /// Functions start at once.
        case prepared
        /// What is still missing is made when the first function starts.
        case found
        case missing
        /// Lamina does not run the family.
        case unsupported
    }

    /// All runtimes that a function can have, by family and version.
    ///
    /// - Throws: ``LaminaError`` `corrupt` when the file of what users have added cannot be understood.
    public static func items() async throws -> [Item] {
        let added = try AddedRuntimes.load()
        // A family at a time asks its programs, so that no more of them start at once.
        return try await withThrowingTaskGroup(of: [Item].self) { group in
            for family in Runtime.Family.allCases {
                group.addTask {
                    let answers = InterpreterAnswers()
                    var items: [Item] = []
                    for runtime in Runtime.all where runtime.family == family {
                        items.append(await item(runtime, added[runtime], answers))
                    }
                    return items
                }
            }
            let items = try await group.reduce(into: []) { $0 += $1 }
            return Runtime.all.compactMap { runtime in items.first { $0.runtime == runtime } }
        }
    }

    /// Makes ahead what the first function of a runtime would wait for.
    ///
    /// - Throws: ``LaminaError`` `toolMissing` without the interpreter, `unsupported` for a runtime that Lamina does not run, `toolFailed`
    ///   when a client cannot be installed.
    public static func prepare(_ runtime: Runtime) async throws { _ = try await PreparedRuntime.prepare(runtime, SystemViews()) }

    private static func item(_ runtime: Runtime, _ added: AddedRuntime?, _ answers: InterpreterAnswers) async -> Item {
        if case .image(let folder, let source, let version) = added {
            guard access(folder, F_OK) == 0 else {
                return Item(runtime: runtime, state: .missing, isAdded: true, note: FolderLock.missing(FilePath(folder)).message)
            }
            let difference = version.map { runtime.accepts(interpreterVersion: $0) } ?? true ? nil : "another version than the runtime's"
            let note = [source, difference].compactMap { $0 }.joined(separator: "; ")
            return Item(runtime: runtime, state: .prepared, path: FilePath(folder), version: version, isAdded: true, note: note)
        }
        switch runtime.family {
        case .provided: return Item(runtime: runtime, state: .prepared, note: runtime.installationWays)
        case .dotnet, .go:
            return Item(runtime: runtime, state: .unsupported, note: runtime.installationWays)
        case .python, .nodejs, .ruby, .java: break
        }
        var item = Item(runtime: runtime, state: .missing, isAdded: added != nil)
        do {
            let found = try await find(runtime, answers)
            item.state = found.isPrepared ? .prepared : .found
            (item.path, item.version) = (found.program, found.version)
            if !runtime.accepts(interpreterVersion: found.version) { item.note = "another version than the runtime's" }
        } catch let error as LaminaError where added == nil && error.code == .toolMissing && error.cause == nil {
            item.note = runtime.installationWays
        } catch {
            item.note = "\(error)"
        }
        return item
    }

    /// A runtime's interpreter and its version, and whether its client is there.
    private static func find(
        _ runtime: Runtime, _ answers: InterpreterAnswers
    ) async throws -> (program: FilePath, version: String, isPrepared: Bool) {
        switch runtime.family {
        case .python:
            let python = try PythonInterpreter.find(for: runtime)
            let version = try await answers.ask(python.executable, family: .python).version
            return (python.executable, version, PythonClient.isInstalled(for: python))
        // Node's and Ruby's clients are scripts that this program writes at once.
        case .nodejs:
            let node = try await NodeInterpreter.find(for: runtime, answers: answers)
            return (node.executable, node.version, isPrepared: true)
        case .ruby:
            let ruby = try await RubyInterpreter.find(for: runtime, answers: answers)
            return (ruby.executable, ruby.version, isPrepared: true)
        case .java:
            let java = try await JavaInterpreter.find(for: runtime, answers: answers)
            return (java.executable, java.version, JavaClient.isInstalled(for: java))
        case .provided, .dotnet, .go: throw LaminaError(.unsupported, "\(runtime) has no interpreter")
        }
    }
}

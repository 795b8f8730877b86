import Interpreters
import LambdaModel
import LaminaErrors
import SystemPackage

/// The runtimes that functions have asked for, each prepared once, and again when what it was prepared from has changed.
actor PreparedRuntimes {
    private struct Entry {
        var runtime: PreparedRuntime
        /// Nil where it is to be prepared each time.
        var sources: [FileStamp]?
    }

    private let views: SystemViews
    private var entries: [Runtime: Entry] = [:]
    private var preparing: [Runtime: Task<Entry, any Error>] = [:]

    init(views: SystemViews = SystemViews()) { self.views = views }

    /// The runtime, at once where it was prepared before and nothing has changed since: interpreter, client, system libraries, or what
    /// `lamina runtime add` has written.
    ///
    /// - Throws: As `PreparedRuntime.prepare` does.
    func prepare(_ runtime: Runtime) async throws -> PreparedRuntime {
        if let entry = entries[runtime], let sources = entry.sources, sources.allSatisfy(\.isCurrent), entry.runtime.use() {
            return entry.runtime
        }
        // One for all who ask at the same time, whoever of them gives up.
        let task = preparing[runtime] ?? Task { [views] in try await Self.prepare(runtime, views) }
        preparing[runtime] = task
        let result = await task.result
        if preparing[runtime] == task {
            preparing[runtime] = nil
            entries[runtime] = try? result.get()
        }
        return try result.get().runtime
    }

    private static func prepare(_ runtime: Runtime, _ views: SystemViews) async throws -> Entry {
        // Taken before it is read, so that no change is missed.
        let added = FileStamp(AddedRuntimes.file())
        let prepared = try await PreparedRuntime.prepare(runtime, views)
        return Entry(runtime: prepared, sources: prepared.sources(views).map { [added] + $0 })
    }
}

extension PreparedRuntime {
    /// What it was prepared from, as it is now; nil for images, which cost nothing to prepare and are looked at each time.
    fileprivate func sources(_ views: SystemViews) -> [FileStamp]? {
        switch root {
        case .machine(_, let language, let client): views.sources(language) + [client].compactMap { $0 }.map { FileStamp($0) }
        case .image: nil
        }
    }

    /// Notes that what it needs of the user's cache folder is used; false where that is gone.
    fileprivate func use() -> Bool {
        if case .machine(let view, _, _) = root { view.use() } else { true }
    }
}

import Interpreters
import LambdaModel
import LaminaErrors
import Logging
import SystemPackage

/// The runtimes that functions have asked for, each prepared once, and again when what it was prepared from has changed.
actor PreparedRuntimes {
    private struct Entry {
        var runtime: PreparedRuntime
        /// Nil where it is to be prepared each time.
        var sources: [FileStamp]?
    }

    private let views: SystemViews
    private let logger: Logger
    private var entries: [Runtime: Entry] = [:]
    private var preparing: [Runtime: Task<Entry, any Error>] = [:]

    /// - Parameter logger: Gets what a runtime's user is to be warned of, each time that it is prepared.
    init(views: SystemViews = SystemViews(), logger: Logger) { (self.views, self.logger) = (views, logger) }

    /// The runtime, at once where it was prepared before and nothing has changed since: interpreter, client, system libraries, or what
    /// `lamina runtime add` has written.
    ///
    /// - Throws: As `PreparedRuntime.prepare` does.
    func prepare(_ runtime: Runtime) async throws -> PreparedRuntime {
        if let entry = entries[runtime], let sources = entry.sources, sources.allSatisfy(\.isCurrent), entry.runtime.use() {
            return entry.runtime
        }
        // One for all who ask at the same time, whoever of them gives up.
        let task = preparing[runtime] ?? Task { [views, logger] in try await Self.prepare(runtime, views, logger) }
        preparing[runtime] = task
        let result = await task.result
        if preparing[runtime] == task {
            preparing[runtime] = nil
            entries[runtime] = try? result.get()
        }
        return try result.get().runtime
    }

    private static func prepare(_ runtime: Runtime, _ views: SystemViews, _ logger: Logger) async throws -> Entry {
        // Taken before it is read, so that no change is missed.
        let added = FileStamp(AddedRuntimes.file())
        let prepared = try await PreparedRuntime.prepare(runtime, views)
        for notice in prepared.notices { logger.warning("\(notice)") }
        return Entry(runtime: prepared, sources: prepared.sources(views).map { [added] + $0 })
    }
}

extension PreparedRuntime {
    /// What it was prepared from, as it is now; nil for images, which cost nothing to prepare and are looked at each time.
    fileprivate func sources(_ views: SystemViews) -> [FileStamp]? {
        switch root {
        case .machine(_, let language, _): views.sources(language)
        case .image: nil
        }
    }

    /// Notes that what it needs of the user's cache folder is used; false where some of it is gone.
    fileprivate func use() -> Bool {
        guard case .machine(let view, let language, let client) = root else { return true }
        return view.use() && ((language?.cached ?? []) + [client].compactMap { $0 }).allSatisfy(CachedFolder.use)
    }
}

/// The program of OS-only runtimes, which a function or a layer brings.
enum Bootstrap {
    private static let paths = ["/var/task/bootstrap", "/opt/bootstrap"]

    /// The path in the sandbox: the first that is no folder.
    ///
    /// - Throws: ``InvalidEntrypoint`` with what execve(2) would say of a file that it cannot start.
    static func find(in files: SandboxFiles) throws(InvalidEntrypoint) -> String {
        for path in paths {
            guard let file = files.resolve(path), let status = FileStatus(file), !status.isFolder else { continue }
            if let problem = ProgramFile.problem(at: path, in: files) {
                throw InvalidEntrypoint(reason: "fork/exec \(path): \(problem.rawValue)")
            }
            return path
        }
        throw InvalidEntrypoint(reason: "Couldn't find valid bootstrap(s): [\(paths.joined(separator: " "))]")
    }
}

import LambdaModel

/// What the variables of environment markers stand for on the target, whatever machine builds (PEP 508, PEP 751).
struct MarkerEnvironment: Sendable {
    private(set) var values: [String: String]
    /// Names of optional dependencies that are wanted.
    var extras: Set<String>
    /// Names of dependency groups that are wanted.
    var groups: Set<String>

    init(_ target: PythonTarget, extras: [String] = [], groups: [String] = []) {
        values = [
            "python_version": "3.\(target.minor)", "python_full_version": target.fullVersion, "sys_platform": "linux",
            "platform_machine": target.architecture.machineName, "platform_system": "Linux", "os_name": "posix",
            "implementation_name": "cpython", "implementation_version": target.fullVersion,
            "platform_python_implementation": "CPython", "platform_release": "", "platform_version": "",
        ]
        self.extras = Set(extras.map(PythonName.normalize))
        self.groups = Set(groups.map(PythonName.normalize))
    }

    /// The interpreter's version.
    var pythonVersion: PythonVersion? { values["python_full_version"].flatMap { PythonVersion($0) } }
}

/// Names of Python packages, extras and groups.
enum PythonName {
    /// The form in which names are compared (PEP 503): lower-case, runs of `-`, `_` and `.` as one `-`.
    static func normalize(_ name: some StringProtocol) -> String {
        name.lowercased().split(whereSeparator: { "-_.".contains($0) }).joined(separator: "-")
    }
}

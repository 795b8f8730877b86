import LambdaModel
import LaminaErrors

/// The interpreter and platform that a Python layer is for, whatever machine builds it.
struct PythonTarget: Sendable, Hashable {
    let runtime: Runtime
    let architecture: Architecture
    /// The minor version of Python 3.
    let minor: Int

    /// - Throws: ``LaminaError`` `invalidArgument` when the runtime is not Python 3.8 or later.
    init(_ target: BuildTarget) throws {
        guard let minor = target.runtime.pythonMinor, minor >= 8 else {
            throw LaminaError(.invalidArgument, "a requirements file builds for python3.8 to python3.14, not for \(target.runtime)")
        }
        runtime = target.runtime
        architecture = target.architecture
        self.minor = minor
    }

    /// A version that Lambda's interpreter has or is beyond: the releases of autumn 2024, which its images have had since.
    ///
    /// With 3.9.0 in its place no cryptography of today would suit, which leaves 3.9.0 and 3.9.1 out.
    var fullVersion: String {
        let patch = [8: 20, 9: 20, 10: 15, 11: 10, 12: 7][minor] ?? 0
        return "3.\(minor).\(patch)"
    }

    /// uv's name for the platform: the newest manylinux that uv knows and the runtime's glibc satisfies.
    var uvPlatform: String {
        let glibc = Self.uvGlibcs.first { $0 <= runtime.operatingSystem.glibcMinor } ?? 17
        return "\(architecture.machineName)-manylinux_2_\(glibc)"
    }

    /// uv's name for the platform with the newest glibc that uv knows, which every manylinux wheel loads on.
    var newestPlatform: String { "\(architecture.machineName)-manylinux_2_\(Self.uvGlibcs[0])" }

    private static let uvGlibcs = [40, 39, 38, 37, 36, 35, 34, 33, 32, 31, 28, 17]

    /// Every wheel tag that the target can load, best first (PEP 425, PEP 600).
    var tags: [WheelTag] {
        let platforms = platforms
        var tags: [WheelTag] = []
        func add(_ python: String, _ abi: String, _ platforms: [String]) {
            tags += platforms.map { WheelTag(python: python, abi: abi, platform: $0) }
        }
        add("cp3\(minor)", "cp3\(minor)", platforms)
        add("cp3\(minor)", "abi3", platforms)
        add("cp3\(minor)", "none", platforms)
        for older in stride(from: minor - 1, through: 2, by: -1) { add("cp3\(older)", "abi3", platforms) }
        let pythons = ["py3\(minor)", "py3"] + stride(from: minor - 1, through: 0, by: -1).map { "py3\($0)" }
        for python in pythons { add(python, "none", platforms) }
        add("cp3\(minor)", "none", ["any"])
        for python in pythons { add(python, "none", ["any"]) }
        return tags
    }

    private var platforms: [String] {
        let machine = architecture.machineName
        let oldest = architecture == .x86_64 ? 5 : 17
        let legacy = [17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1"]
        return stride(from: runtime.operatingSystem.glibcMinor, through: oldest, by: -1).flatMap { minor in
            ["manylinux_2_\(minor)_\(machine)"] + (legacy[minor].map { ["\($0)_\(machine)"] } ?? [])
        } + ["linux_\(machine)"]
    }
}

import SystemPackage

/// How a build goes about it, whatever the source is.
public struct BuildSettings: Sendable {
    public var layout: PythonLayout = .python
    public var bytecode: BytecodeChoice = .auto
    /// Optional dependencies of a Python project that are wanted.
    public var extras: [String] = []
    /// Dependency groups of a Python project that are wanted beside its dependencies.
    public var groups: [String] = []
    /// Where the bill of materials goes; nil for beside the zip, as `NAME.cdx.json`.
    public var sbom: FilePath?
    /// Resolve anew although a lock is remembered.
    public var upgrade = false
    /// Use nothing but the caches.
    public var offline = false
    public var cache = BuildCache()

    public init() {}
}

/// Whether modules are compiled ahead.
public enum BytecodeChoice: String, Sendable, CaseIterable {
    /// Where the machine has the runtime's interpreter and the layer stays below Lambda's limit.
    case auto
    case yes, no
}

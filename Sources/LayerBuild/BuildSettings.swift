import SystemPackage

/// How a build goes about it, whatever the source is.
public struct BuildSettings: Sendable {
    public var layout: PythonLayout = .python
    public var nodeLayout: NodeLayout = .nodejs
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
    /// What is left out of the layer.
    public var exclusions: [PathPattern] = []
    /// Whether tests, type stubs, static archives and headers are left out.
    public var slim = false
    /// Whether debug symbols are taken out of binaries.
    public var strip = false
    /// Where missing shared libraries come from; nil where they are not to be brought.
    public var completion: LibraryOrigin?
    /// Whether a completion that leaves errors makes a zip all the same.
    public var allowsErrors = false

    public init() {}
}

/// Whether modules are compiled ahead.
public enum BytecodeChoice: String, Sendable, CaseIterable {
    /// Where the machine has the runtime's interpreter and the layer stays below Lambda's limit.
    case auto
    case yes, no
}

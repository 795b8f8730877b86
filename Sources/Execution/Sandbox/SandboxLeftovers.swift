import SystemPackage

/// What a process that was killed has left of its sandboxes outside its folders.
public enum SandboxLeftovers {
    /// Removes its cgroups, and ends what is still in them. Blocks for as long as that takes.
    ///
    /// - Parameter folder: ``ExecutionSettings/folder`` of the process, as it was given then.
    public static func remove(of folder: FilePath) { CgroupParent.remove(of: folder) }
}

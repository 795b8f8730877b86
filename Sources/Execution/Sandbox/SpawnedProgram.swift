import CLinux
import LaminaErrors

#if canImport(Glibc)
import Glibc
#endif

/// A program for the ``SpawnThread``.
struct SpawnedProgram: Sendable {
    var path: String
    var arguments: [String]
    /// From 0 on, what each number stands for in the child; -1 where it is to have none.
    var descriptors: [CInt]
    /// Open files of cgroups that the child joins.
    var cgroups: [CInt] = []
    /// Soft and hard.
    var limits: [clinux_limit] = []
    /// The network namespace to start in; -1 for this process's.
    var network: CInt = -1
    /// The user to start as; nil for this process's.
    var user: uid_t?

    /// Starts it, and gives its process id.
    func start() throws -> pid_t {
        let process = path.withCString { path in
            descriptors.withUnsafeBufferPointer { descriptors in
                cgroups.withUnsafeBufferPointer { cgroups in
                    limits.withUnsafeBufferPointer { limits in
                        var program = clinux_program()
                        program.path = path
                        (program.descriptors, program.descriptor_count) = (descriptors.baseAddress, descriptors.count)
                        (program.cgroups, program.cgroup_count) = (cgroups.baseAddress, cgroups.count)
                        (program.limits, program.limit_count) = (limits.baseAddress, limits.count)
                        (program.network, program.user) = (network, user ?? uid_t.max)
                        return start(&program)
                    }
                }
            }
        }
        guard process > 0 else { throw LaminaError.system(errno, "cannot start \(path)") }
        return process
    }

    private func start(_ program: inout clinux_program) -> pid_t {
        var arguments = ([path] + self.arguments).map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        // Nothing of the server's environment: what a function sees goes by bubblewrap's own arguments.
        var environment: [UnsafeMutablePointer<CChar>?] = [nil]
        return arguments.withUnsafeMutableBufferPointer { arguments in
            environment.withUnsafeMutableBufferPointer { environment in
                (program.arguments, program.environment) = (UnsafePointer(arguments.baseAddress), UnsafePointer(environment.baseAddress))
                return clinux_spawn(&program)
            }
        }
    }
}

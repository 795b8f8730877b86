import ELFFile
import LambdaModel

/// What is said of libraries that Lambda's loader stumbles over.
struct LibraryWording {
    let profile: SystemProfile
    let runtime: Runtime

    func finding(_ failure: GatheredFailures.Need, elsewhere: String?) -> Finding {
        let library = failure.need.library
        if failure.level == .unreliable {
            return Finding(
                .unreliableLibrary, .warning, path: failure.need.file, subject: library,
                reason: "needs \(library), which \(profile.operatingSystem.displayName) has and Lambda has been seen without",
                fix: "build with --complete, or put \(library) into the layer's lib/ folder")
        }
        if let elsewhere {
            return Finding(
                .libraryOffPath, .warning, path: failure.need.file, subject: library,
                reason: "needs \(library), which the layer has at \(elsewhere), where the loader does not look",
                fix: "put it into lib/, or see that the code loads it before \(failure.need.file)")
        }
        var reason = "needs \(library), which Lambda lacks"
        if let root = failure.certainRoot, failure.isFirst {
            reason += ": \(root) fails to load with '\(library): cannot open shared object file: No such file or directory'"
        } else if let root = failure.certainRoot, root != failure.need.file {
            reason += ": \(root) cannot be loaded without it"
        }
        let fix =
            if library.contains("musl") {
                "the package is for Alpine Linux (musl); take its build for glibc, a manylinux wheel or a gnu package"
            } else if failure.certainRoot == nil {
                "nothing, where no code loads it; else put \(library) and what it needs into the layer's lib/"
            } else {
                "build with --complete, put \(library) and what it needs into the layer's lib/, or take a package that does without it"
            }
        return Finding(
            .missingLibrary, failure.certainRoot == nil ? .warning : .error, path: failure.need.file, subject: library, reason: reason,
            fix: fix)
    }

    func finding(_ failure: GatheredFailures.Version) -> Finding {
        let severity: Finding.Severity = failure.level == .absent && failure.isCertain ? .error : .warning
        if let library = failure.library {
            return Finding(
                .symbolVersionMissing, severity, path: failure.need.file, subject: failure.version,
                reason: "needs \(failure.version) of \(failure.need.library), which \(library) does not define",
                fix: "put a newer \(failure.need.library) into the layer, or an older build of what needs it")
        }
        let has = profile.newest(like: failure.version).map { "has \($0)" } ?? "lacks it"
        let newer = profile.operatingSystem == .al2 ? ", or a runtime on Amazon Linux 2023" : ""
        let reason =
            failure.level == .absent
            ? "needs \(failure.version); \(runtime) \(has) (\(profile.operatingSystem.displayName))"
            : "needs \(failure.version), which Lambda has only since April 2025; before, it \(has)"
        return Finding(
            .symbolVersionTooNew, severity, path: failure.need.file, subject: failure.version, reason: reason,
            fix: "take a package that was built on an older Linux, such as an older release of it\(newer)")
    }

    func shadowed(_ need: LibraryLoader.Need, by path: String) -> Finding {
        Finding(
            .shadowedLibrary, .warning, path: path, subject: need.library,
            reason: "is not what \(need.file) gets: Lambda's own \(need.library) comes first on LD_LIBRARY_PATH",
            fix: "leave it out, or give it another soname, as build --complete does")
    }

    /// - Parameter module: The dotted name of the Python module that the file is.
    func otherMachine(_ binary: ELFFile, at path: String, module: String?, isCertain: Bool) -> Finding {
        let outcome = module.map { ", which Python passes over: No module named '\($0)'" } ?? ""
        return Finding(
            .wrongArchitecture, isCertain ? .error : .warning, path: path, subject: binary.machine.name,
            reason: "is \(binary.machine.name) code in a layer for \(profile.architecture.rawValue)\(outcome)",
            fix: "build with --architecture \(profile.architecture.rawValue), or take a package that has such binaries")
    }

    func interpreter(_ interpreter: String, at path: String, isCertain: Bool) -> Finding {
        Finding(
            .missingInterpreter, isCertain ? .error : .warning, path: path, subject: interpreter,
            reason: "wants the interpreter \(interpreter), which Lambda lacks",
            fix: interpreter.contains("musl")
                ? "take a build for glibc, or one that is linked statically; this one is for Alpine Linux"
                : "take a build for \(profile.architecture.rawValue) Linux with glibc, whose interpreter is \(profile.interpreter)")
    }
}

extension ELFFile.Machine {
    /// The architecture's usual name.
    var name: String {
        switch self {
        case .x86_64: "x86_64"
        case .arm64: "arm64"
        case .other(3): "i386"
        case .other(40): "32-bit ARM"
        case .other(243): "RISC-V"
        case .other(let code): "machine \(code)"
        }
    }
}

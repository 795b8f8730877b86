import Foundation
import Interpreters
import LaminaErrors
import SystemPackage

/// A JDK's compiler, and its tool that makes jars.
struct JavaCompiler: Sendable {
    private let javac: ExternalTool
    private let jar: ExternalTool
    /// The version whose classes it makes; nil for its own.
    private let release: Int?

    /// The compiler beside an interpreter, else that of any JDK of this machine.
    ///
    /// - Throws: ``LaminaError`` `toolMissing`, naming a package.
    static func find(for java: JavaInterpreter) async throws -> JavaCompiler {
        let candidates = [java] + (await JavaInterpreter.all())
        guard let jdk = candidates.first(where: { $0.major >= 8 && isCompiler($0) }) else {
            throw LaminaError(
                .toolMissing,
                "functions in Java need a JDK once, to compile the runtime client, and only JREs are here; install one with your system "
                    + "(apt-get install openjdk-\(java.major)-jdk-headless) or SDKMAN")
        }
        return JavaCompiler(jdk, for: java)
    }

    private init(_ jdk: JavaInterpreter, for java: JavaInterpreter) {
        func tool(_ name: String) -> ExternalTool {
            ExternalTool(
                name: name, executable: jdk.home.appending("bin/\(name)"),
                environment: ["JAVA_TOOL_OPTIONS": nil, "JDK_JAVA_OPTIONS": nil, "JDK_JAVAC_OPTIONS": nil, "LC_ALL": "C"])
        }
        (javac, jar) = (tool("javac"), tool("jar"))
        release = jdk.major > 8 ? min(jdk.major, java.major) : nil
    }

    private static func isCompiler(_ java: JavaInterpreter) -> Bool {
        ["javac", "jar"].allSatisfy { FileManager.default.isExecutableFile(atPath: java.home.appending("bin/\($0)").string) }
    }

    /// Compiles sources and packs their classes, not compressed, since they are read at each start.
    ///
    /// - Parameter classes: An empty folder for what it makes.
    /// - Throws: ``LaminaError`` `toolFailed` with the compiler's last words.
    func compile(_ sources: [String], to classes: FilePath, jar path: FilePath) async throws {
        // The concatenation of strings by invokedynamic costs milliseconds at a process's first one.
        let level = release.map { ["--release", String($0), "-XDstringConcat=inline"] } ?? []
        let heap = ["-J-Xmx96m", "-J-XX:+UseSerialGC", "-J-XX:TieredStopAtLevel=1"]
        try await javac.run(
            heap + level + ["-nowarn", "-encoding", "UTF-8", "-d", classes.string] + sources,
            explaining: "javac cannot compile the runtime client")
        try await jar.run(["cf0", path.string, "-C", classes.string, "."], explaining: "jar cannot pack the runtime client")
    }
}

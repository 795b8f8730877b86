import Interpreters
import LaminaErrors
import SystemPackage
import TestSupport
import Testing

@Suite struct ExternalToolTests {
    private func shell(environment: [String: String?] = [:], inheritsEnvironment: Bool = true) -> ExternalTool {
        ExternalTool(name: "sh", executable: "/bin/sh", environment: environment, inheritsEnvironment: inheritsEnvironment)
    }

    @Test func aFailureTellsTheLastLinesHoweverMuchWasSaid() async throws {
        let program = "yes 'a line of noise' | head -c 5000000 >&2; echo; printf '\\033[31mthe reason\\033[0m\\n'; exit 3"
        do {
            try await shell().run(["-c", program], explaining: "it cannot be done")
            Issue.record("the tool's failure is no error")
        } catch let error as LaminaError {
            #expect(error.code == .toolFailed)
            #expect(error.message.hasPrefix("it cannot be done. sh says:\na line of noise\n"))
            #expect(error.message.hasSuffix("a line of noise\nthe reason"))
            #expect(error.message.utf8.count < 4096)
        }
    }

    @Test(.timeLimit(.minutes(1))) func theEndOfTheTaskEndsTheTool() async throws {
        try await withTemporaryFolder { folder in
            let pipe = folder.appending("begun")
            try await shell().run(["-c", "mkfifo \(pipe)"], explaining: "no pipe can be made")
            let task = Task { try await shell().run(["-c", "echo > \(pipe); exec sleep 600"], explaining: "it was not to fail") }
            // The reader goes on as soon as the tool runs.
            _ = try await shell().output(["-c", "cat \(pipe)"], explaining: "the pipe cannot be read")
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
        }
    }

    @Test(.timeLimit(.minutes(1))) func aProcessThatAToolLeavesBehindKeepsNobodyWaiting() async throws {
        do {
            try await shell().run(["-c", "sleep 600 & echo $!; exit 1"], explaining: "it cannot be done")
            Issue.record("the tool's failure is no error")
        } catch let error as LaminaError {
            let process = try #require(error.message.split(separator: "\n").last)
            try await shell().run(["-c", "kill \(process)"], explaining: "the process that was left is gone")
        }
    }

    @Test func theEnvironmentIsWhatIsSaid() async throws {
        let own = shell(environment: ["GREETING": "hello"], inheritsEnvironment: false)
        #expect(try await own.output(["-c", "echo $GREETING $HOME"], explaining: "sh fails") == "hello")
        let inheriting = shell(environment: ["HOME": nil])
        #expect(try await inheriting.output(["-c", "echo ${HOME-none} ${PATH:+some}"], explaining: "sh fails") == "none some")
    }

    @Test func aProgramThatDoesNotStartIsNamed() async throws {
        let tool = ExternalTool(name: "nothing", executable: "/nowhere/nothing")
        do {
            try await tool.run([], explaining: "it cannot be done")
            Issue.record("a missing program is no error")
        } catch let error as LaminaError {
            #expect(error.code == .toolFailed && error.message.contains("/nowhere/nothing"))
        }
    }
}

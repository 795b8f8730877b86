import Foundation
import LambdaModel
import SystemPackage
import TestSupport
import Testing

@testable import Execution

@Suite struct ProgramFileTests {
    /// A 64-bit program of one machine, whose one program header is given.
    static func program(
        machine: Int = Architecture.host == .arm64 ? 183 : 62, type: UInt16 = 2, segment: UInt32 = 1, offset: UInt64 = 0, size: UInt64 = 0,
        rest: [UInt8] = []
    ) -> [UInt8] {
        func bytes<T: FixedWidthInteger>(_ value: T) -> [UInt8] { withUnsafeBytes(of: value.littleEndian, Array.init) }
        var header: [UInt8] = [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1] + [UInt8](repeating: 0, count: 9)
        header += bytes(type) + bytes(UInt16(machine)) + bytes(UInt32(1)) + bytes(UInt64(0)) + bytes(UInt64(64)) + bytes(UInt64(0))
        header += bytes(UInt32(0)) + bytes(UInt16(64)) + bytes(UInt16(56)) + bytes(UInt16(1)) + bytes(UInt16(0)) * 3
        let entry = bytes(segment) + bytes(UInt32(5)) + bytes(offset) + bytes(UInt64(0)) * 2 + bytes(size) * 2 + bytes(UInt64(4096))
        return header + entry + rest
    }

    static func interpreter(_ name: String, cut: Int = 0) -> [UInt8] {
        let name = Array(name.utf8) + [0]
        return program(segment: 3, offset: 120, size: UInt64(name.count - cut), rest: name)
    }

    struct Case: Sendable {
        var bytes: [UInt8]
        var mode = 0o755
        var problem: ProgramFile.Problem?
    }

    @Test(arguments: [
        Case(bytes: Array("#!/bin/sh\n".utf8)), Case(bytes: Array("#! /usr/bin/env sh\n".utf8)),
        Case(bytes: Array("#!/bin/sh\n".utf8), mode: 0o644, problem: .mode),
        Case(bytes: Array("#!/bin/sh\n".utf8), mode: 0o744, problem: .mode),
        Case(bytes: Array("#!/no/such\n".utf8), problem: .absent), Case(bytes: Array("#!\n".utf8), problem: .format),
        Case(bytes: [], problem: .format), Case(bytes: Array("echo\n".utf8), problem: .format),
        Case(bytes: program()), Case(bytes: program(machine: 243), problem: .format),
        Case(bytes: program(type: 3)), Case(bytes: program(type: 1), problem: .format),
        // A dynamic section that lies nowhere: Linux does not look at it.
        Case(bytes: program(segment: 2, offset: 1 << 40, size: 1 << 40)),
        Case(bytes: Array(program().prefix(80)), problem: .format), Case(bytes: Array(program().prefix(20)), problem: .format),
        Case(bytes: interpreter("/bin/sh")), Case(bytes: interpreter("/no/such"), problem: .absent),
        Case(bytes: interpreter("/bin/sh", cut: 1), problem: .format),
        Case(bytes: program(segment: 3, offset: .max, size: 8), problem: .format),
        Case(bytes: program(segment: 3, offset: 0, size: .max), problem: .format),
    ])
    func aFileIsJudgedAsExecveJudgesIt(file: Case) async throws {
        try await SandboxFilesTests.withFiles { files, task, _ in
            let path = task.appending("program")
            try path.write(file.bytes)
            #expect(chmod(path.string, mode_t(file.mode)) == 0)
            #expect(ProgramFile.problem(at: "/var/task/program", in: files) == file.problem)
        }
    }

    @Test func whatIsNoFileIsNoProgram() async throws {
        try await SandboxFilesTests.withFiles { files, task, _ in
            #expect(mkfifo(task.appending("pipe").string, 0o755) == 0)
            #expect(ProgramFile.problem(at: "/var/task/pipe", in: files) == .mode)
            #expect(ProgramFile.problem(at: "/var/task/bin", in: files) == .mode)
            #expect(ProgramFile.problem(at: "/var/task/none", in: files) == .absent)
        }
    }
}

private func * (bytes: [UInt8], count: Int) -> [UInt8] { Array(repeatElement(bytes, count: count).joined()) }

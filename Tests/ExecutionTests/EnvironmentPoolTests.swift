import Foundation
import LambdaModel
import Testing

@testable import Execution

@Suite struct EnvironmentPoolTests {
    static func work(_ name: String, memory: Int = 128) throws -> EnvironmentWork {
        let function = LambdaFunction(
            scope: Scope(account: "111122223333", region: "us-east-1"), name: name, runtime: try Runtime("python3.12"),
            handler: "app.handler", role: "", description: "", timeout: 3, memorySize: memory, ephemeralStorage: 512, environment: nil,
            architecture: .x86_64, code: LambdaFunction.CodePackage(sha256: "a", size: 0, unzippedSize: 0), layers: [],
            lastModified: Date(timeIntervalSince1970: 0), revisionID: "")
        return EnvironmentWork(function: function, content: FunctionContent(function))
    }

    @Test func anEnvironmentServesOneInvocationAtATimeAndOnlyItsFunctionAsItIs() throws {
        var pool = EnvironmentPool<String>()
        pool.insert("1", "one", try Self.work("f"), isBusy: false)
        #expect(pool.take(for: try Self.work("g")) == nil)
        #expect(pool.take(for: try Self.work("f", memory: 256)) == nil)
        #expect(pool.take(for: try Self.work("f")) == "one")
        #expect(pool.take(for: try Self.work("f")) == nil)
        #expect(pool.release("1", isBroken: false) == nil)
        #expect(pool.take(for: try Self.work("f")) == "one")
    }

    @Test func aProvisionedEnvironmentIsTakenFirstAndThenTheOneUsedLast() throws {
        var pool = EnvironmentPool<String>()
        for name in ["1", "2", "3"] { pool.insert(name, name, try Self.work("f"), isBusy: true, isProvisioned: name == "2") }
        for name in ["2", "3", "1"] { _ = pool.release(name, isBroken: false) }
        #expect(pool.take(for: try Self.work("f")) == "2")
        #expect(pool.take(for: try Self.work("f")) == "1")
        #expect(pool.take(for: try Self.work("f")) == "3")
    }

    @Test func aBusyEnvironmentThatIsRetiredEndsWhenItIsReleased() throws {
        var pool = EnvironmentPool<String>()
        pool.insert("1", "one", try Self.work("f"), isBusy: true)
        #expect(pool.retire { $0.function.name == "f" }.isEmpty)
        #expect(pool.release("1", isBroken: false) == "one")
        #expect(pool.count == 0)
    }

    @Test func theLongestIdleGivesItsPlaceAndAProvisionedOneNever() throws {
        var pool = EnvironmentPool<String>()
        pool.insert("1", "first", try Self.work("f"), isBusy: true)
        pool.insert("2", "second", try Self.work("g"), isBusy: true)
        pool.insert("3", "ready", try Self.work("h"), isBusy: true, isProvisioned: true)
        _ = pool.release("3", isBroken: false)
        _ = pool.release("1", isBroken: false)
        _ = pool.release("2", isBroken: false)
        #expect(pool.removeOldestIdle() == "first")
        #expect(pool.removeOldestIdle() == "second")
        #expect(pool.removeOldestIdle() == nil)
        #expect(pool.removeIdle(since: .now + .seconds(60)).isEmpty)
        #expect(pool.provisioned(for: try Self.work("h")) == 1)
        pool.releaseProvisioned(except: [])
        #expect(pool.removeIdle(since: .now + .seconds(60)) == ["ready"])
    }

    @Test func aBrokenEnvironmentIsNotKept() throws {
        var pool = EnvironmentPool<String>()
        pool.insert("1", "one", try Self.work("f"), isBusy: true)
        #expect(pool.release("1", isBroken: true) == "one")
        #expect(pool.take(for: try Self.work("f")) == nil)
    }
}

import Testing

@testable import LambdaModel

@Suite struct RuntimeTests {
    @Test func allRuntimesAreListedByFamilyAndVersion() {
        let names = Runtime.all.map(\.identifier)
        #expect(names.filter { $0.hasPrefix("python3") }.prefix(4) == ["python3.8", "python3.9", "python3.10", "python3.11"])
        #expect(names.contains("nodejs14.x") && names.contains("ruby2.7") && names.contains("provided.al2"))
        // AWS lets no function have these any more.
        #expect(!names.contains("go1.x") && !names.contains("java8") && !names.contains("nodejs12.x"))
        #expect(Set(names).count == names.count)
    }

    @Test(arguments: [
        ("python3.13", "3.13.2", true), ("python3.1", "3.13.2", false), ("python3.13", "3.1.3", false), ("nodejs20.x", "20.20.2", true),
        ("nodejs20.x", "2.0.20", false), ("ruby3.2", "3.2.9", true), ("ruby3.2", "3.1.2", false), ("java8.al2", "1.8.0_392", true),
        ("java8.al2", "8.0.392", true), ("java17", "17.0.15", true), ("java17", "1.7.0", false), ("java21", "21", true),
        ("provided.al2", "2", false), ("java11", "", false),
    ])
    func anInterpreterIsOfTheRuntimeByItsVersion(name: String, version: String, accepted: Bool) throws {
        guard let runtime = try? Runtime(name) else {
            #expect(!accepted)
            return
        }
        #expect(runtime.accepts(interpreterVersion: version) == accepted)
    }

    @Test(arguments: [
        ("python3.11", OperatingSystem.al2), ("python3.12", .al2023), ("nodejs18.x", .al2), ("nodejs20.x", .al2023), ("ruby2.7", .al2),
        ("ruby3.2", .al2), ("ruby3.3", .al2023), ("ruby4.0", .al2023), ("java8.al2", .al2), ("java17", .al2), ("java17.al2023", .al2023),
        ("java8.al2023", .al2023), ("java21", .al2023), ("provided.al2", .al2), ("provided.al2023", .al2023),
    ])
    func aRuntimeStandsOnItsOperatingSystem(name: String, system: OperatingSystem) throws {
        #expect(try Runtime(name).operatingSystem == system)
    }
}

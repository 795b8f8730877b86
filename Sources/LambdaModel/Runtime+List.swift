extension Runtime {
    /// All that a function can have, by family and then by version: those that AWS lets none have any more are left out.
    public static let all: [Runtime] = {
        let runtimes = (current + unlisted).compactMap { try? Runtime($0) }.filter { $0.successor == nil }
        return Family.allCases.flatMap { family in
            runtimes.filter { $0.family == family }.sorted { $0.order.lexicographicallyPrecedes($1.order) }
        }
    }()

    /// The numbers of the identifier: 3 and 9 come before 3 and 10.
    private var order: [Int] { identifier.split { !$0.isNumber }.compactMap { Int($0) } }

    /// Whether an interpreter of this version is one of the runtime, as `3.13.2` is of python3.13 and `1.8.0_392` of java8.al2.
    public func accepts(interpreterVersion: String) -> Bool {
        let wanted = version.split { !$0.isNumber }.compactMap { Int($0) }
        var numbers = interpreterVersion.split { !$0.isNumber }.compactMap { Int($0) }
        switch family {
        case .python, .ruby: return wanted.count == 2 && numbers.prefix(2) == wanted.prefix(2)
        case .nodejs: return numbers.first == wanted.first
        case .java:
            if numbers.first == 1 { numbers.removeFirst() }
            return numbers.first == wanted.first
        case .provided, .dotnet, .go: return false
        }
    }
}

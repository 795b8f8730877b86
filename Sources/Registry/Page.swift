import LambdaModel

/// One page of a list, and the marker of the next.
public struct Page<Element: Sendable>: Sendable {
    public var elements: [Element]
    public var nextMarker: String?

    /// The first `size` of what follows the last marker.
    init(_ all: [Element], size: Int, marker: (Element) -> String) {
        elements = Array(all.prefix(size))
        nextMarker = all.count > size ? elements.last.map(marker) : nil
    }
}

/// Which part of a list is asked for.
public struct PageRequest: Sendable {
    /// Where the page before ended.
    public var marker: String?
    public var maxItems: Int?

    public init(marker: String? = nil, maxItems: Int? = nil) {
        self.marker = marker
        self.maxItems = maxItems
    }

    /// How many items the page has.
    ///
    /// - Throws: `APIError` ValidationException for a number outside the range.
    func size(_ range: ClosedRange<Int>, atMost limit: Int = 50) throws -> Int {
        var validation = Validation()
        validation.requireRange("maxItems", maxItems, range)
        try validation.finish()
        return min(maxItems ?? limit, limit)
    }

    /// The marker as a number.
    ///
    /// - Throws: `APIError` InvalidParameterValueException.
    func number() throws -> Int? {
        try marker.map { marker in
            guard let number = Int(marker) else { throw APIError.invalidParameter("Invalid pagination key.") }
            return number
        }
    }
}

/// Which layers or layer versions a list shows.
public struct LayerFilter: Sendable {
    public var compatibleRuntime: String?
    public var compatibleArchitecture: String?
    public var page: PageRequest

    public init(compatibleRuntime: String? = nil, compatibleArchitecture: String? = nil, page: PageRequest = PageRequest()) {
        self.compatibleRuntime = compatibleRuntime
        self.compatibleArchitecture = compatibleArchitecture
        self.page = page
    }

    /// Notes every member that breaks a constraint.
    public func validate(_ validation: inout Validation) {
        validation.requireRange("maxItems", page.maxItems, Limits.layerPage)
        if let runtime = compatibleRuntime, (try? Runtime(runtime)) == nil {
            validation.fail("compatibleRuntime", value: runtime, "Member must satisfy enum value set: \(Validation.runtimeSet)")
        }
        if let architecture = compatibleArchitecture, Architecture(rawValue: architecture) == nil {
            validation.fail("compatibleArchitecture", value: architecture, "Member must satisfy enum value set: [x86_64, arm64]")
        }
    }
}

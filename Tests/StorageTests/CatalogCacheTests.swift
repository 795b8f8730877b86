import Foundation
import LambdaModel
import Storage
import Testing

@Suite struct CatalogCacheTests {
    @Test func whatWasReadIsKeptUntilTheNextChange() async throws {
        try await CatalogTests.withCatalog { catalog in
            let cache = CatalogCache<LayerVersionARN, LayerVersion?>(limit: 10)
            let arn = LayerVersionARN(layer: LayerARN(scope: CatalogTests.scope, name: "layer"), version: 1)
            var reads = 0
            func read() throws -> LayerVersion? {
                try cache.value(arn, in: catalog) { transaction in
                    reads += 1
                    return try transaction.layerVersion(arn)
                }
            }
            for _ in 0..<3 { #expect(try read() == nil) }
            #expect(reads == 1)
            let version = try await catalog.write { try $0.insert(CatalogTests.newVersion(), created: Date()) }
            for _ in 0..<3 { #expect(try read()?.arn == version.arn) }
            #expect(reads == 2)
        }
    }

    @Test func noMoreThanTheLimitIsKept() async throws {
        try await CatalogTests.withCatalog { catalog in
            let cache = CatalogCache<Int, Int>(limit: 2)
            var reads: [Int] = []
            for key in [1, 2, 1, 3, 1] {
                _ = try cache.value(key, in: catalog) { _ in
                    reads.append(key)
                    return key
                }
            }
            #expect(reads == [1, 2, 3, 1])
        }
    }

    @Test func whatCannotBeReadIsNotKept() async throws {
        struct Failure: Error {}
        try await CatalogTests.withCatalog { catalog in
            let cache = CatalogCache<Int, Int>(limit: 2)
            #expect(throws: Failure.self) { try cache.value(1, in: catalog) { _ in throw Failure() } }
            let value = try cache.value(1, in: catalog) { _ in 5 }
            #expect(value == 5)
        }
    }
}

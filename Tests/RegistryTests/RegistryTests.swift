import Foundation
import LambdaModel
import Logging
import Registry
import Storage
import SystemPackage
import TestSupport
import Testing
import ZipArchive

@Suite struct RegistryTests {
    static let caller = Caller(scope: Scope(account: "000000000000", region: "us-east-1"), arn: "arn:aws:iam::000000000000:root")

    /// A registry in a folder of its own, and zips for it.
    struct Bench {
        let registry: Registry
        let pins: BlobPins
        let folder: FilePath

        func zip(_ contents: [ZipContent]) async throws -> Blob {
            let path = folder.appending("\(UUID().uuidString).zip")
            _ = try await ZipWriter().write(contents, to: path)
            return try await blob(try path.read())
        }

        func blob(_ bytes: [UInt8]) async throws -> Blob {
            let writer = try registry.blobs.makeWriter(pins)
            try bytes.withUnsafeBytes { try writer.write($0) }
            return try await writer.commit()
        }

        func publish(_ name: String, runtimes: [String]? = nil, by caller: Caller = caller) async throws -> LayerVersion {
            try await registry.publish(
                LayerARN(scope: caller.scope, name: name),
                LayerPublication(description: nil, licenseInfo: nil, compatibleRuntimes: runtimes, compatibleArchitectures: nil),
                blob: try await zip([ZipContent(path: "python/\(name).py", source: .bytes([35]))]), by: caller)
        }

        func create(_ name: String = "f", layers: [String] = [], by caller: Caller = caller) async throws -> LambdaFunction {
            var settings = FunctionSettings()
            settings.runtime = "python3.13"
            settings.handler = "app.handler"
            settings.role = "arn:aws:iam::000000000000:role/r"
            settings.layers = layers
            let new = NewFunction(
                name: name, settings: settings, architectures: nil, packageType: nil, tags: nil, publishes: false, code: CodeLocation())
            let zip = try await zip([ZipContent(path: "app.py", source: .bytes([35]))])
            return try await registry.createFunction(new, upload: zip, pins, by: caller)
        }

        func update(_ settings: FunctionSettings, revisionID: String? = nil) async throws -> LambdaFunction {
            try await registry.updateConfiguration("f", settings, revisionID: revisionID, pins, by: caller)
        }
    }

    static func withRegistry(_ body: (Bench) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let data = try DataFolder(folder.appending("data"))
            let registry = Registry(
                catalog: data.catalog, blobs: data.blobs, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            try await body(Bench(registry: registry, pins: data.blobs.makePins(), folder: folder))
        }
    }

    static func expect(_ status: Int, _ message: String, _ body: () async throws -> Void) async {
        let error = await #expect(throws: APIError.self) { try await body() }
        #expect(error?.status == status)
        #expect(error?.message == message)
    }

    @Test func whatIsNoZipIsRefusedInAWSsWords() async throws {
        try await Self.withRegistry { bench in
            let text = "Could not unzip uploaded file. Please check your file, then try to upload again."
            let layer = LayerARN(scope: Self.caller.scope, name: "x")
            let publication = LayerPublication(description: nil, licenseInfo: nil, compatibleRuntimes: nil, compatibleArchitectures: nil)
            await Self.expect(400, text) {
                _ = try await bench.registry.publish(
                    layer, publication, blob: try await bench.blob(Array("no zip".utf8)), by: Self.caller)
            }
            let versions = try bench.registry.layerVersions(layer, LayerFilter(), for: Self.caller).elements
            #expect(versions.isEmpty)
        }
    }

    @Test func everyWrongMemberOfAPublicationIsTold() async {
        let publication = LayerPublication(
            description: nil, licenseInfo: nil, compatibleRuntimes: ["invalidruntime"], compatibleArchitectures: ["invalidarch"])
        var validation = Validation()
        publication.validate(&validation)
        let error = #expect(throws: APIError.self) { try validation.finish() }
        #expect(
            error?.message.hasPrefix(
                "2 validation errors detected: Value '[invalidruntime]' at 'compatibleRuntimes' failed to satisfy constraint: Member must satisfy enum value set: [nodejs20.x, python3.14,"
            ) == true)
        #expect(
            error?.message.hasSuffix(
                "; Value '[invalidarch]' at 'compatibleArchitectures' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: [x86_64, arm64], Member must not be null]"
            ) == true)
    }

    @Test func listsArePagedByTheirMarkers() async throws {
        try await Self.withRegistry { bench in
            for name in ["a", "b", "b", "c"] { _ = try await bench.publish(name) }
            var names: [String] = []
            var marker: String?
            repeat {
                let page = try bench.registry.layers(in: Self.caller.scope, LayerFilter(page: PageRequest(marker: marker, maxItems: 1)))
                names += page.elements.map { "\($0.arn.layer.name)\($0.arn.version)" }
                marker = page.nextMarker
            } while marker != nil
            #expect(names == ["a1", "b2", "c1"])
        }
    }

    @Test func filtersShowTheLatestVersionThatMatches() async throws {
        try await Self.withRegistry { bench in
            _ = try await bench.publish("a", runtimes: ["python3.12"])
            _ = try await bench.publish("a", runtimes: ["python3.13"])
            let page = try bench.registry.layers(in: Self.caller.scope, LayerFilter(compatibleRuntime: "python3.12"))
            #expect(page.elements.map(\.arn.version) == [1])
        }
    }

    @Test func layersAreAttachedByAWSsRules() async throws {
        try await Self.withRegistry { bench in
            let one = try await bench.publish("one"), again = try await bench.publish("one")
            let missing = "arn:aws:lambda:us-east-1:000000000000:layer:none:1"
            await Self.expect(400, "Layer version \(missing) does not exist.") { _ = try await bench.create(layers: [missing]) }
            await Self.expect(
                400,
                "Two different versions of the same layer are not allowed to be referenced in the same function. \(one.arn) and \(again.arn) are versions of the same layer."
            ) { _ = try await bench.create(layers: [one.arn.description, again.arn.description]) }
            await Self.expect(400, "Cannot reference more than 5 layers.") {
                _ = try await bench.create(layers: (1...6).map { "arn:aws:lambda:us-east-1:000000000000:layer:l\($0):1" })
            }
            let foreign = "arn:aws:lambda:us-east-1:999999999999:layer:x:1"
            await Self.expect(
                403,
                "User: arn:aws:iam::000000000000:root is not authorized to perform: lambda:GetLayerVersion on resource: \(foreign) because no resource-based policy allows the lambda:GetLayerVersion action"
            ) { _ = try await bench.create(layers: [foreign]) }
            let function = try await bench.create(layers: [one.arn.description])
            #expect(function.layers.map(\.arn) == [one.arn.description])
        }
    }

    @Test func aFunctionKeepsADeletedLayerUntilItsListChanges() async throws {
        try await Self.withRegistry { bench in
            let layer = try await bench.publish("one")
            _ = try await bench.create(layers: [layer.arn.description])
            try await bench.registry.deleteLayerVersion(layer.arn, by: Self.caller)
            await Self.expect(400, "Layer version \(layer.arn) does not exist.") {
                _ = try await bench.create("g", layers: [layer.arn.description])
            }
            var settings = FunctionSettings()
            settings.description = "changed"
            #expect(try await bench.update(settings).layers.count == 1)
            settings.layers = []
            #expect(try await bench.update(settings).layers.isEmpty)
            settings.layers = [layer.arn.description]
            await Self.expect(400, "Layer version \(layer.arn) does not exist.") {
                _ = try await bench.update(settings)
            }
        }
    }

    @Test func aStaleRevisionChangesNothing() async throws {
        try await Self.withRegistry { bench in
            let function = try await bench.create()
            var settings = FunctionSettings()
            settings.timeout = 9
            let error = await #expect(throws: APIError.self) {
                try await bench.update(settings, revisionID: "stale")
            }
            #expect(error?.name == "PreconditionFailedException")
            #expect(try bench.registry.function("f", qualifier: nil, for: Self.caller).function == function)
            #expect(
                try await bench.update(settings, revisionID: function.revisionID).timeout == 9)
        }
    }

    @Test func whatIsUnknownOrTakenIsToldInAWSsWords() async throws {
        try await Self.withRegistry { bench in
            await Self.expect(404, "Function not found: arn:aws:lambda:us-east-1:000000000000:function:none") {
                _ = try bench.registry.function("none", qualifier: nil, for: Self.caller)
            }
            _ = try await bench.create()
            await Self.expect(409, "Function already exist: f") { _ = try await bench.create() }
            let layer = LayerARN(scope: Self.caller.scope, name: "none")
            await Self.expect(404, "The resource you requested does not exist.") {
                _ = try bench.registry.layerVersion(LayerVersionARN(layer: layer, version: 1), for: Self.caller)
            }
            await Self.expect(400, "Layer Version Cannot be less than 1") {
                _ = try bench.registry.layerVersion(LayerVersionARN(layer: layer, version: 0), for: Self.caller)
            }
        }
    }
}

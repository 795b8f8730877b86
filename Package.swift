// swift-tools-version: 6.2
import PackageDescription

let warningsAreErrors = Context.environment["CI"] != nil

let settings: [SwiftSetting] =
    [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
    ] + (warningsAreErrors ? [.treatAllWarnings(as: .error)] : [])

extension Target.Dependency {
    static let argumentParser: Self = .product(name: "ArgumentParser", package: "swift-argument-parser")
    static let grdb: Self = .product(name: "GRDB", package: "GRDB.swift")
    static let httpTypes: Self = .product(name: "HTTPTypes", package: "swift-http-types")
    static let hummingbird: Self = .product(name: "Hummingbird", package: "hummingbird")
    static let hummingbirdCore: Self = .product(name: "HummingbirdCore", package: "hummingbird")
    static let logging: Self = .product(name: "Logging", package: "swift-log")
    static let nioCore: Self = .product(name: "NIOCore", package: "swift-nio")
    static let nioHTTP1: Self = .product(name: "NIOHTTP1", package: "swift-nio")
    static let nioHTTPTypes: Self = .product(name: "NIOHTTPTypes", package: "swift-nio-extras")
    static let nioPosix: Self = .product(name: "NIOPosix", package: "swift-nio")
    static let serviceLifecycle: Self = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
    static let subprocess: Self = .product(name: "Subprocess", package: "swift-subprocess")
    static let systemPackage: Self = .product(name: "SystemPackage", package: "swift-system")
    static let toml: Self = .product(name: "TOMLKit", package: "TOMLKit")
    static let unixSignals: Self = .product(name: "UnixSignals", package: "swift-service-lifecycle")
    static let yams: Self = .product(name: "Yams", package: "Yams")
}

func room(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource]? = nil) -> Target {
    .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: "\(name)Tests", dependencies: [.target(name: name), "TestSupport"] + dependencies, swiftSettings: settings)
}

let package = Package(
    name: "lamina",
    platforms: [.macOS(.v15)],
    products: [.executable(name: "lamina", targets: ["lamina"])],
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0", traits: []),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        .systemLibrary(name: "CArchive", providers: [.apt(["libarchive-dev"])]),
        .systemLibrary(name: "CDeflate", providers: [.apt(["libdeflate-dev"])]),
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CSeccomp", providers: [.apt(["libseccomp-dev"])]),
        .systemLibrary(name: "CSolv", providers: [.apt(["libsolv-dev", "libsolvext-dev"])]),
        .target(name: "CLinux"),

        room("LaminaErrors", []),
        room("Checksum", ["CCrypto", "CDeflate"]),
        room("LambdaModel", ["LaminaErrors"]),
        room("ZipArchive", ["CDeflate", "CLinux", "CZlib", "Checksum", "LaminaErrors", .systemPackage]),
        room("ELFFile", ["LaminaErrors"]),
        room("HTTPTransfer", ["Checksum", "LaminaErrors", .systemPackage]),
        room("Interpreters", ["LambdaModel", "LaminaErrors", .subprocess, .systemPackage]),
        room(
            "SystemPackages",
            [
                "CArchive", "CLinux", "CSolv", "Checksum", "ELFFile", "HTTPTransfer", "Interpreters", "LambdaModel", "LaminaErrors",
                .subprocess, .systemPackage,
            ]),
        room(
            "ContainerImages",
            ["CArchive", "CLinux", "Checksum", "HTTPTransfer", "Interpreters", "LambdaModel", "LaminaErrors", .subprocess, .systemPackage]),
        room(
            "LayerCheck", ["CLinux", "LambdaModel", "ZipArchive", "ELFFile", "LaminaErrors", .systemPackage],
            resources: [.embedInCode("Profiles")]),
        room(
            "LayerBuild",
            [
                "LambdaModel", "LayerCheck", "ZipArchive", "ELFFile", "Checksum", "HTTPTransfer", "Interpreters", "LaminaErrors",
                "SystemPackages", .subprocess, .systemPackage, .toml,
            ], resources: [.embedInCode("Report/Data")]),
        room("LogPatterns", ["CLinux", "LaminaErrors"]),
        room("Storage", ["CLinux", "LambdaModel", "Checksum", "LaminaErrors", .grdb, .logging, .systemPackage]),
        room("Registry", ["LambdaModel", "Storage", "ZipArchive", "Checksum", "LaminaErrors", .logging, .systemPackage]),
        room(
            "Execution",
            [
                "CLinux", "CSeccomp", "ContainerImages", "ELFFile", "Interpreters", "LambdaModel", "LayerCheck", "Storage", "ZipArchive",
                "LaminaErrors", "Checksum", .logging, .nioCore, .nioHTTP1,
                .nioPosix,
                .subprocess, .systemPackage,
            ],
            resources: [
                .embedInCode("Import/Probes"), .embedInCode("Runtimes/Clients/java"), .embedInCode("Runtimes/Clients/node"),
                .embedInCode("Runtimes/Clients/python"), .embedInCode("Runtimes/Clients/ruby"),
            ]),
        room("AWSWire", ["LambdaModel", "Checksum", "LaminaErrors"]),
        room("LaminaClient", ["LambdaModel", "AWSWire", "Checksum", "HTTPTransfer", "LaminaErrors", .subprocess, .systemPackage]),
        room(
            "LaminaServer",
            [
                "AWSWire", "CLinux", "Checksum", "Execution", "LambdaModel", "LaminaErrors", "LogPatterns", "Registry", "Storage",
                .httpTypes,
                .hummingbird,
                .hummingbirdCore, .logging,
                .nioCore, .nioHTTPTypes, .nioPosix, .serviceLifecycle, .systemPackage, .unixSignals,
            ]),
        room(
            "LaminaCommands",
            [
                "Checksum", "ContainerImages", "Execution", "Interpreters", "LambdaModel", "LaminaClient", "LaminaErrors", "LaminaServer",
                "LayerBuild", "LayerCheck", "Registry", "Storage", "SystemPackages", "ZipArchive", .argumentParser,
                .logging, .systemPackage, .yams,
            ]),
        .executableTarget(name: "lamina", dependencies: ["LaminaCommands"], swiftSettings: settings),

        .target(name: "TestSupport", dependencies: [.subprocess, .systemPackage], path: "Tests/TestSupport", swiftSettings: settings),
        tests("Checksum", []),
        tests("LaminaErrors", []),
        tests("LambdaModel", ["LaminaErrors"]),
        tests("ZipArchive", ["Checksum", "LaminaErrors", .subprocess, .systemPackage]),
        tests("ELFFile", ["LaminaErrors", .systemPackage]),
        tests("HTTPTransfer", ["LaminaErrors"]),
        tests("Interpreters", ["LambdaModel", "LaminaErrors", .systemPackage]),
        tests("ContainerImages", ["Checksum", "Interpreters", "LambdaModel", "LaminaErrors", .subprocess, .systemPackage]),
        tests(
            "SystemPackages",
            ["Checksum", "ELFFile", "HTTPTransfer", "LambdaModel", "LaminaErrors", .subprocess, .systemPackage]),
        tests("LayerCheck", ["LambdaModel", "ELFFile", "ZipArchive", "LaminaErrors", .systemPackage]),
        tests("LayerBuild", ["LambdaModel", "ZipArchive", "Checksum", "LaminaErrors", .subprocess, .systemPackage]),
        tests("LogPatterns", ["LaminaErrors"]),
        tests("Storage", ["LambdaModel", "Checksum", "LaminaErrors", .grdb, .systemPackage]),
        tests("Registry", ["LambdaModel", "Storage", "ZipArchive", "LaminaErrors", .logging, .systemPackage]),
        tests(
            "Execution",
            [
                "Checksum", "Interpreters", "LambdaModel", "LaminaErrors", "LayerCheck", "Storage", "ZipArchive", .logging, .subprocess,
                .systemPackage,
            ]),
        tests("AWSWire", ["LambdaModel", "Checksum"]),
        tests("LaminaServer", ["Execution", "LambdaModel", "Storage", .logging, .systemPackage]),
        tests("LaminaClient", ["AWSWire", "Checksum", "HTTPTransfer", "LambdaModel", "LaminaErrors", .systemPackage]),
    ]
)

// Only for `make fuzz`, which compiles everything it needs with the fuzzer's instruments.
if Context.environment["LAMINA_FUZZ"] != nil {
    package.targets.append(
        .executableTarget(
            name: "fuzz", dependencies: ["AWSWire", "ELFFile", "LambdaModel", "LayerCheck", "ZipArchive"], path: "Fuzz",
            swiftSettings: settings + [.unsafeFlags(["-parse-as-library"])]))
}

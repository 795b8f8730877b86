import LambdaModel
import Testing

@testable import LayerBuild

@Suite struct LicenseTests {
    @Test(arguments: [
        ("License-Expression: mit or apache-2.0", "MIT OR Apache-2.0"), ("License: BSD 3-Clause License", "BSD-3-Clause"),
        ("License: Apache License, Version 2.0", "Apache-2.0"), ("License: The MIT License (MIT)", "The MIT License (MIT)"),
        ("License: Apache-2.0 WITH LLVM-exception", "Apache-2.0 WITH LLVM-exception"), ("License: UNKNOWN", nil),
        ("License: Special", "Special"),
        ("License: text\n        of a license", "text"), ("License: \(String(repeating: "long ", count: 50))", nil), ("Name: x", nil),
        ("License: Special\nClassifier: License :: OSI Approved :: MIT License", "MIT"),
        ("Classifier: License :: OSI Approved", nil), ("Classifier: License :: OSI Approved :: BSD License", "BSD License"),
        (
            "Classifier: License :: OSI Approved :: MIT License\nClassifier: License :: OSI Approved :: Apache Software License",
            "Apache-2.0 AND MIT"
        ),
        ("License-Expression: Made-Up\nLicense: MIT", "Made-Up"), ("Name: x\n\nLicense: MIT", nil),
    ])
    func aPackagesLicenseIsToldAsSPDXWhereItCan(_ metadata: String, _ expected: String?) {
        #expect(WheelMetadata(metadata).license == expected)
    }

    @Test(arguments: ["MIT AND", "(MIT", "MIT Apache-2.0", "MIT WITH", "Nothing-1.0", "", String(repeating: "(", count: 150)])
    func whatIsNoExpressionIsNone(_ text: String) { #expect(SPDXExpression(text) == nil) }

    private func package(_ license: String?) -> LayerContent.Package {
        LayerContent.Package(.pypi, name: "x", version: "1", file: "x", size: 1, license: license)
    }

    @Test func theSummaryHasEachLicenseOnceAndFits() {
        let licenses = ["MIT", "Apache-2.0 AND MIT", "MPL-2.0 OR GPL-2.0-only", "BSD License", nil]
        #expect(LicenseSummary.text(licenses.map(package)) == "(MPL-2.0 OR GPL-2.0-only) AND Apache-2.0 AND BSD License AND MIT")
        #expect(LicenseSummary.text([package(nil)]) == nil)
        let many = LicenseSummary.text((100..<300).map { package("LicenseRef-\($0)") }) ?? ""
        #expect(many.count <= Limits.licenseInfo && many.hasPrefix("LicenseRef-100 AND ") && many.hasSuffix(" more"), "\(many)")
    }

    @Test(arguments: [
        (LayerContent.Ecosystem.pypi, "Foo_Bar", "1.0+local", "pkg:pypi/foo-bar@1.0%2Blocal"),
        (.npm, "@scope/name", "1.0", "pkg:npm/%40scope/name@1.0"),
        (.maven, "org.slf4j:slf4j-api", "2", "pkg:maven/org.slf4j/slf4j-api@2?type=jar"), (.gem, "rack", "3.1", "pkg:gem/rack@3.1"),
        (.deb, "libgl1", "1:1.6", "pkg:deb/debian/libgl1@1:1.6"), (.rpm, "libxcb", "1.14", "pkg:rpm/amzn/libxcb@1.14"),
    ])
    func packageURLsFollowTheirSpecification(_ ecosystem: LayerContent.Ecosystem, _ name: String, _ version: String, _ expected: String) {
        #expect(PackageURL(LayerContent.Package(ecosystem, name: name, version: version, file: "", size: 0))?.text == expected)
    }
}

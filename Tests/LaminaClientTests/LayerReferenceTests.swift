import LambdaModel
import LaminaErrors
import Testing

@testable import LaminaClient

@Suite struct LayerReferenceTests {
    static let arn = "arn:aws-cn:lambda:cn-north-1:111122223333:layer:tools"

    @Test func aLayerIsNamedByNameOrARN() throws {
        let name = try LayerReference("tools")
        #expect(name.scope == nil)
        #expect(name.pathSegment == "tools")
        let arn = try LayerReference(Self.arn)
        #expect(arn.name == "tools")
        #expect(arn.scope == Scope(account: "111122223333", region: "cn-north-1"))
        // The partition is kept.
        #expect(arn.pathSegment == "arn%3Aaws-cn%3Alambda%3Acn-north-1%3A111122223333%3Alayer%3Atools")
    }

    @Test func aVersionIsNamedByARNOrByNameAndNumber() throws {
        let arn = try LayerVersionReference(Self.arn + ":12")
        #expect(arn.layer.text == Self.arn)
        #expect(arn.version == 12)
        let name = try LayerVersionReference("tools:3")
        #expect(name.layer.text == "tools")
        #expect(name.version == 3)
        #expect("\(name)" == "tools:3")
    }

    @Test(arguments: ["tools", "tools:0", "tools:-1", "tools:x", ":3", "a b:3", arn, arn + ":1:2", "arn:aws:s3:::bucket:3", ""])
    func whatNamesNoVersionIsRefused(_ text: String) { #expect(throws: LaminaError.self) { try LayerVersionReference(text) } }

    @Test(arguments: ["tools:3", arn + ":3", "a b", "", "arn:aws:lambda:us-east-1:111122223333:function:tools"])
    func whatNamesNoLayerIsRefused(_ text: String) { #expect(throws: LaminaError.self) { try LayerReference(text) } }

    @Test(arguments: [
        ("tools", true), ("tools:1", true), ("tools:2", false), ("other", false), ("arn:aws:lambda:eu-a-1:111122223333:layer:tools", true),
        ("arn:aws:lambda:eu-a-1:111122223333:layer:tools:1", true), ("arn:aws:lambda:eu-a-1:111122223333:layer:tools:2", false),
        ("arn:aws:lambda:eu-a-1:999999999999:layer:tools", false), ("arn:aws:lambda:eu-b-1:111122223333:layer:tools", false),
    ])
    func aSelectionHoldsTheVersionsThatAreMeant(_ text: String, _ isMeant: Bool) throws {
        let used = try LayerVersionReference("arn:aws:lambda:eu-a-1:111122223333:layer:tools:1")
        #expect(try LayerSelection(text).contains(used, account: "111122223333", region: "eu-a-1") == isMeant)
    }

    @Test func aBareNameIsNotAnotherAccountsLayer() throws {
        let used = try LayerVersionReference("arn:aws:lambda:eu-a-1:999999999999:layer:tools:1")
        #expect(try !LayerSelection("tools").contains(used, account: "111122223333", region: "eu-a-1"))
    }
}

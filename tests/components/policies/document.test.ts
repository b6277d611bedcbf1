import { expect } from "chai";
import { documentDigest } from "../../../components/policies/document";

describe("documentDigest", () => {
    it("is the SHA-256 of the document without white space", () => {
        const digest = "52279714d77bcfad953e90e091f01cf2b8df980cb4c43eea600ce15103933a2c";
        expect(documentDigest('{"Version":"2012-10-17"}')).to.equal(digest);
        expect(documentDigest('{ "Version" :\n "2012-10-17" }')).to.equal(digest);
    });

    it("differs for different documents", () => {
        expect(documentDigest('{"Version":"2012-10-17"}')).not.to.equal(
            documentDigest('{"Version":"2008-10-17"}'),
        );
    });
});

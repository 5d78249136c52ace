import QuipuCanonicalJSON
import QuipuDates
import Testing

@testable import QuipuFormats

@Suite struct SourceDateTests {
    @Test(
        arguments: [
            ("2019", "2019"), ("2019-10", "2019-10"), ("2019-10-01", "2019-10-01"),
            (" 2019-10-01\n", "2019-10-01"),
            ("2019-10-01T12:34:56Z", "2019-10-01T12:34:56Z"),
            ("2019-10-01t12:34:56.5+02:00", "2019-10-01t12:34:56.5+02:00"),
            ("2024-05-06 07:08:09Z", "2024-05-06T07:08:09Z"),
            ("2024-05-06 07:08:09 UTC", "2024-05-06T07:08:09Z"),
            ("2024-05-06 07:08:09 -0500", "2024-05-06T07:08:09-05:00"),
            ("2024-05-06T07:08:09+0530", "2024-05-06T07:08:09+05:30"),
            ("2024-05-06T07:08:09+05", "2024-05-06T07:08:09+05:00"),
            ("2024-05-06T07:08Z", "2024-05-06T07:08:00Z"),
            ("2024-05-06T07:08:09,250+01:00", "2024-05-06T07:08:09.250+01:00"),
            ("20240506T070809Z", "2024-05-06T07:08:09Z"),
            ("2024/5/6", "2024-05-06"), ("2024-5-6", "2024-05-06"), ("2024.05.06", "2024-05-06"),
            ("20240506", "2024-05-06"),
            ("Mon, 06 May 2024 07:08:09 GMT", "2024-05-06T07:08:09Z"),
            ("6 May 2024 07:08 +0200", "2024-05-06T07:08:00+02:00"),
            ("Mon, 6 May 24 07:08:09 EST", "2024-05-06T07:08:09-05:00"),
            ("Mon May 06 07:08:09 +0000 2024", "2024-05-06T07:08:09+00:00"),
            ("Mon May 06 2024 07:08:09 GMT+0200 (Central European Summer Time)", "2024-05-06T07:08:09+02:00"),
            ("May 6, 2024", "2024-05-06"), ("6th of May 2024", "2024-05-06"), ("Sept. 9, 2023", "2023-09-09"),
            ("6-May-2024", "2024-05-06"), ("May 2024", "2024-05"), ("2024 May 6", "2024-05-06"),
            ("May 6, 2024 7:08 PM UTC", "2024-05-06T19:08:00Z"), ("1715000000", "2024-05-06T12:53:20Z"),
            ("1715000000123", "2024-05-06T12:53:20.123Z"), ("1715000000.0", "2024-05-06T12:53:20Z"),
        ] as [(String, String)])
    func `dates in exporters' formats keep their precision`(text: String, date: String) throws {
        let taken = try #require(SourceDate.read(.string(text)))
        #expect(taken.value == .string(date))
        #expect(taken.isWhole)
        #expect(CalendarDate.isDate(date))
    }

    @Test(
        arguments: [
            "2024-05-06 07:08:09", "2024-05-06T07:08:09.5", "2024-05-06 07:08", "Mon May  6 07:08:09 2024",
            "2024-05-06 07:08:09 Europe/Berlin", "May 6, 2024 at 7:08 am", "20240506T070809",
        ])
    func `a time without a zone becomes a day, and the written form is kept`(text: String) throws {
        let taken = try #require(SourceDate.read(.string(text)))
        #expect(taken.value == "2024-05-06")
        #expect(!taken.isWhole)
    }

    @Test func `midnight without a zone becomes the day`() {
        #expect(SourceDate.read("2024-05-06 00:00:00")?.isWhole == true)
        #expect(SourceDate.read("2024-05-06T00:00:00.000")?.value == "2024-05-06")
    }

    @Test(
        arguments: [
            ("1715000000", "2024-05-06T12:53:20Z"), ("1715000000123", "2024-05-06T12:53:20.123Z"),
            ("2019", "2019"),
            ("20240506", "2024-05-06"), (#"{"date-parts":[[2020,3,4]]}"#, "2020-03-04"),
            (#"{"date-parts":[["2020"]]}"#, "2020"),
            (#"{"$date":"2024-05-06T07:08:09Z"}"#, "2024-05-06T07:08:09Z"),
            (#"{"$date":1715000000000}"#, "2024-05-06T12:53:20Z"),
            (#"{"year":2020,"month":5}"#, "2020-05"), ("[2024,5,6]", "2024-05-06"),
        ] as [(String, String)])
    func `numbers and objects are read as dates`(json: String, date: String) throws {
        #expect(SourceDate.read(try JSONParser().parse(json))?.value == .string(date))
    }

    @Test(arguments: [
        #""""#, #""October""#, #""06/05/2024""#, #""2024-13-01""#, #""2024-02-30""#, #""yesterday""#, #""5""#,
        "5", "-1",
        "true", "[]", "{}", #""12:30""#, #""2024-05-06 25:00""#, #""May""#, #""2024-05-06 and on""#,
        #""1e400""#, "1e300",
        #"{"date-parts":[[]]}"#, #"{"date-parts":[[2020,13]]}"#, #""31 April 2024""#,
        #""99999999999999999999999""#,
    ])
    func `an ambiguous or unreadable date is not a date`(json: String) throws {
        #expect(SourceDate.read(try JSONParser().parse(json)) == nil)
    }

    @Test func `every day of four centuries is read back from its epoch seconds`() throws {
        for day in stride(from: 1_158, to: 146_097, by: 13) {
            let text = try #require(EpochTime.read(Double(day * 86_400 + 3_661)))
            #expect(text.hasSuffix("T01:01:01Z"))
            #expect(CalendarDate.isDate(text))
        }
    }
}

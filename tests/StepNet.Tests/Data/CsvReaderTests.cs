using StepNet.Data;

namespace StepNet.Tests.Data;

public sealed class CsvReaderTests
{
    [Theory]
    [InlineData("a,b,c\nd,e,f\n", "a|b|c", "d|e|f")]
    [InlineData("a,b\r\nc,d", "a|b", "c|d")]
    [InlineData("\"a\",\"b\"\n", "a|b")]
    [InlineData("\"say \"\"hi\"\"\",\"\"\"\"", "say \"hi\"|\"")]
    [InlineData("\"a,b\",\"c\nd\",\"e\r\nf\"\n", "a,b|c\nd|e\r\nf")]
    [InlineData(",\"\",\n", "||")]
    [InlineData("a,\n", "a|")]
    [InlineData("a,", "a|")]
    [InlineData("a\n\nb", "a", "", "b")]
    [InlineData("")]
    public void Read_ByTheRules_GivesTheFields(string text, params string[] records)
    {
        CsvReader csv = new(new StringReader(text), "x");
        List<string> read = [];
        while (csv.Read())
        {
            read.Add(string.Join('|', csv.Fields));
        }

        Assert.Equal(records, read);
    }

    // Texts begin with quotes, and hardly a program writes them between tabs.
    [Theory]
    [InlineData("\"Wow\" is all\tpos\n\"so\"\tneg\r\n", "\"Wow\" is all|pos", "so|neg")]
    [InlineData("\"Unclosed\tpos\nscreen is 15\"\tneg", "\"Unclosed|pos", "screen is 15\"|neg")]
    [InlineData("\"a\tb\"\t\"c \"\"d\"\"\"\n", "a\tb|c \"d\"")]
    [InlineData("\"\t\"\"\ta\"b\t", "\"||a\"b|")]
    [InlineData("a\n\nb", "a", "", "b")]
    public void Read_BetweenTabs_QuotesAreMostlyCharacters(string text, params string[] records)
    {
        CsvReader csv = new(new StringReader(text), "x", '\t');
        List<string> read = [];
        while (csv.Read())
        {
            Assert.Equal(read.Count + 1, csv.Line);
            read.Add(string.Join('|', csv.Fields));
        }

        Assert.Equal(records, read);
    }

    [Fact]
    public void Line_BreaksInsideQuotes_AreCounted()
    {
        CsvReader csv = new(new StringReader("\"a\n\nb\",c\nd,e\nf"), "x");

        Assert.Equal([1, 4, 5], Enumerable.Range(0, 3).Select(_ => csv.Read() ? csv.Line : 0));
    }

    [Theory]
    [InlineData("a,b\nc,\"d", "line 2: the field that opens here never closes")]
    [InlineData("a,b\nc,\"d\ne,\"f\"\n", "line 2: the field that opens here closes on line 3 before 'f'")]
    [InlineData("a,b\nc,\"d\"x\n", "line 2: the field that opens here closes on line 2 before 'x'")]
    [InlineData("a,b\"c\n", "line 1: a quote inside a field")]
    public void Read_UnbalancedQuotes_NamesTheLine(string text, string message)
    {
        CsvReader csv = new(new StringReader(text), "file 'x'");

        DataException error = Assert.Throws<DataException>(() =>
        {
            while (csv.Read())
            {
            }
        });

        Assert.StartsWith($"file 'x': unbalanced quotes on {message}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_QuoteThatSwallowsTheFile_IsNamedBeforeItsEnd()
    {
        CsvReader csv = new(new StringReader($"a\n\"{new string('b', 2 << 20)}"), "x");
        Assert.True(csv.Read());

        DataException error = Assert.Throws<DataException>(() => csv.Read());

        Assert.Contains("line 2: a field that opens here has over 1048576 characters", error.Message, StringComparison.Ordinal);
    }
}

using System.Text;
using StepNet.Data;
using StepNet.Graph;

namespace StepNet.Tests.Data;

public sealed class TextFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("stepnet-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Open_QuotedLineBreaksAndByteOrderMark_AreRead()
    {
        string path = Write("own.csv", "\uFEFFtext,label\r\n\"two\nlines, \"\"quoted\"\"\",b\r\nplain,a\r\nmore,a\r\nlast,b\r\n");

        DatasetEntry entry = TextFile.Open(path, new TextFileOptions { Length = 20 });

        Assert.Equal(["a", "b"], entry.Classes);
        Assert.Equal(["0 more", "0 plain", "1 last", "1 two\u0001lines, \"quoted\""], Items(entry));
        Assert.Equal((2, 2), (entry.TrainItems, entry.TestItems));
    }

    [Theory]
    [InlineData("own.tsv", "label\ttext\nx\the said \"no\"\ny\tyes\nx\t\"a\tb\"\ny\tz\n")]
    [InlineData("own.jsonl", "{\"text\": \"he said \\\"no\\\"\", \"label\": \"x\"}\n{\"label\": \"y\", \"text\": \"yes\"}\n\n{\"text\": \"a\\tb\", \"label\": \"x\"}\n{\"text\": \"z\", \"label\": \"y\"}\n")]
    public void Open_OtherForms_GiveTheSameItems(string name, string content)
    {
        DatasetEntry entry = TextFile.Open(Write(name, content), new TextFileOptions { Length = 20 });

        Assert.Equal(["0 a\u0001b", "0 he said \"no\"", "1 yes", "1 z"], Items(entry));
    }

    [Fact]
    public void Load_ItemShapeChanged_GivesItemsOfThatLength()
    {
        DatasetEntry entry = TextFile.Open(Write("own.csv", "text,label\none,b\ntwo,a\nthree,a\nfour,b\n"), new TextFileOptions { Length = 20 });

        (IDataset train, IDataset test) = (entry with { ItemShape = Shape.Of(3) }).Load("");

        Assert.Equal([Shape.Of(3), Shape.Of(3)], [train.ItemShape, test.ItemShape]);
    }

    [Fact]
    public void Columns_OfOneName_AreTakenByNumber()
    {
        string path = Write("own.csv", "text,text,label\none,first,b\ntwo,second,a\nthree,third,a\nfour,fourth,b\n");
        string test = Write("test.csv", "text,text,label\nfive,fifth,a\nsix,sixth,b\n");
        TextFileOptions options = new() { TextColumns = ["2"], Length = 20, TestFile = test };

        (_, IDataset tests) = TextFile.Open(path, options).Load("");
        float[] item = new float[20];
        tests.Read(0, item);
        float[] expected = new float[20];
        new TextDataset(["fifth"], [0], 20, ["a", "b"]).Read(0, expected);
        Assert.Equal(expected, item);

        DataException e = Assert.Throws<DataException>(() => TextFile.Open(path, options with { TextColumns = ["text"] }));
        Assert.Contains("has several columns 'text'. Give --text-column their number, from 1.", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Columns_ByNumberWithoutHeader_AreJoined()
    {
        string path = Write("own.csv", "3,Title,words\n1,Other,\n3,Third,more\n1,Fourth,text\n");

        DatasetEntry entry = TextFile.Open(path, new TextFileOptions { TextColumns = ["2", "3"], LabelColumn = "1", Length = 20 });

        Assert.Equal(["1", "3"], entry.Classes);
        Assert.Equal(["0 fourth text", "0 other", "1 third more", "1 title words"], Items(entry));
    }

    [Theory]
    [InlineData("id,kind,words\n1,a,one\n2,b,two\n3,a,three\n4,b,four\n5,a,five\n6,b,six\n7,b,seven\n8,b,eight\n", "which column is the text? It has id, kind, words. Name it with --text-column.")]
    [InlineData("one,two\n1,x\n2,y\n", "which column is the label? It has one, two. Name it with --label-column.")]
    [InlineData("text;label\na;b\n", "has the one column 'text;label'; expected two or more, for text and label, with commas between them, not semicolons.")]
    [InlineData("text,label\na,x\nb,x\n", "column 'label' holds the one label 'x'; expected two classes or more. Name another with --label-column.")]
    [InlineData("text,label\na,\nb,x\n", "line 2 has no label in column 'label'. Correct the line, or leave bad rows out with --bad-files skip.")]
    [InlineData("text,label\na,y\n ,x\n", "line 3 has no text in column 'text'. Correct the line, or leave bad rows out with --bad-files skip.")]
    [InlineData("text,label\n\"a\nb\",y\nb,x,z\n", "line 4 has 3 fields instead of 2. Correct the line, or leave bad rows out with --bad-files skip.")]
    [InlineData("text,label\na,x\nb,y\n", "no text is left for testing: every class has a single one. Give two or more of each, or --test-data.")]
    [InlineData("text,label\n\"a,x\n", "unbalanced quotes on line 2: the field that opens here never closes. Correct the line or fetch the file anew.")]
    [InlineData("", "is empty; expected a row for each text.")]
    public void Fault_Any_IsOneLine(string content, string message)
    {
        DataException error = Assert.Throws<DataException>(() => TextFile.Open(Write("own.csv", content)));

        Assert.EndsWith(message, error.Message, StringComparison.Ordinal);
        Assert.Contains("own.csv", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void Bytes_NoUtf8_AreNamedByLine()
    {
        string path = Path.Combine(_folder, "own.csv");
        File.WriteAllBytes(path, [.. "text,label\ngr\u00fcn,a\n"u8, .. "caf"u8, 0xE9, .. ",b\n"u8]);

        Assert.EndsWith("own.csv' line 3: byte 0xE9 is no UTF-8 text. Save the file as UTF-8.",
            Assert.Throws<DataException>(() => TextFile.Open(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Json_NoObjectOrNested_IsNamedByLine()
    {
        Assert.Contains("line 2 is no JSON object", Fault("{\"text\": \"a\", \"label\": 1}\n[1]\n"), StringComparison.Ordinal);
        Assert.Contains("line 1 has a list or an object in 'text' instead of a text", FaultOf("text", "{\"text\": [\"a\"], \"label\": 1}\n"), StringComparison.Ordinal);
        Assert.Contains("has no key in its objects; expected two or more", Fault("{}\n"), StringComparison.Ordinal);
        Assert.Contains("has the one key 'text' in its objects; expected two or more", Fault("{\"text\": \"a\"}\n"), StringComparison.Ordinal);

        string Fault(string content) => Assert.Throws<DataException>(() => TextFile.Open(Write("own.jsonl", content))).Message;

        string FaultOf(string column, string content) =>
            Assert.Throws<DataException>(() => TextFile.Open(Write("own.jsonl", content), new TextFileOptions { TextColumns = [column] })).Message;
    }

    // Columns are the keys of all rows; one that holds lists or objects is no candidate, and no fault where it is not asked for.
    [Fact]
    public void Json_KeysThatComeLaterOrHoldMore_AreNoFault()
    {
        string path = Write("own.jsonl", string.Join('\n', Enumerable.Range(0, 6).Select(i => i == 0
            ? "{\"text\": \"zero\", \"meta\": {\"by\": \"x\"}}"
            : $"{{\"text\": \"number {i}\", \"meta\": [{i}], \"label\": {(i % 2 == 0 ? "true" : "false")}}}")));

        DatasetEntry entry = TextFile.Open(path, new TextFileOptions { BadRows = BadItems.Skip });

        Assert.Equal(["false", "true"], entry.Classes);
        Assert.Equal(5, entry.TrainItems + entry.TestItems);
        Assert.Equal("no label in column 'label'", Assert.Single(entry.Inspection!.Bad).Reason);
    }

    [Fact]
    public void BadRows_Skip_AreCounted()
    {
        string path = Write("own.csv", "text,label\na,x\nb,\nc,y\nd,x\ne,y\nf\n");

        DataInspection inspection = TextFile.Open(path, new TextFileOptions { BadRows = BadItems.Skip }).Inspection!;

        Assert.Equal([$"'{path}' line 3", $"'{path}' line 7"], inspection.Bad.Select(bad => bad.Name));
        Assert.Equal([new ClassCount("x", 1, 0, 1), new ClassCount("y", 1, 0, 1)], inspection.Classes);
    }

    [Fact]
    public void TestFile_OtherOrderOfColumns_IsRead_AndAStrangeLabelNamed()
    {
        string train = Write("train.csv", "text,label\na,x\nb,y\n"), test = Write("test.csv", "label,text\ny,A\n"), strange = Write("strange.csv", "label,text\nz,c\n");
        string none = Write("none.csv", "label,text\n");

        DatasetEntry entry = TextFile.Open(train, new TextFileOptions { TestFile = test, Length = 5 });

        Assert.Equal((2, 1), (entry.TrainItems, entry.TestItems));
        Assert.Equal("1 a", Item(entry.Load("").Test, 0));
        DuplicateItems same = Assert.Single(entry.Inspection!.Duplicates);
        Assert.True(same.AcrossParts && same.AcrossClasses);
        Assert.EndsWith("none.csv' holds no text with a label; expected a row for each test text.",
            Assert.Throws<DataException>(() => TextFile.Open(train, new TextFileOptions { TestFile = none })).Message, StringComparison.Ordinal);
        Assert.EndsWith("strange.csv' line 2 has the label 'z', which no training text has; expected x, y. Correct it.",
            Assert.Throws<DataException>(() => TextFile.Open(train, new TextFileOptions { TestFile = strange })).Message, StringComparison.Ordinal);
    }

    // As spreadsheets write a table with an empty column.
    [Fact]
    public void Header_WithAnEmptyName_IsAHeader()
    {
        string path = Write("own.csv", "text,label,\n" + string.Concat(Enumerable.Range(0, 10).Select(i => $"number {i},{(i % 2 == 0 ? "even" : "odd")},\n")));

        DatasetEntry entry = TextFile.Open(path, new TextFileOptions());

        Assert.Equal(["even", "odd"], entry.Classes);
        Assert.Equal(10, entry.TrainItems + entry.TestItems);
    }

    [Fact]
    public void Digest_OtherCaseOrBlanks_IsAnother()
    {
        string[] digests = [.. ((string[])["one two", "One two", "one  two"]).Select(text =>
            TextFile.Open(Write("own.csv", $"text,label\n{text},x\nb,y\nc,x\nd,y\n"), new TextFileOptions()).Inspection!.Digest)];

        Assert.Equal(3, digests.Distinct().Count());
    }

    [Fact]
    public void Split_OtherOrderOfRows_IsTheSame()
    {
        string[] rows = [.. Enumerable.Range(0, 40).Select(i => $"text {i},{(i % 2 == 0 ? "even" : "odd")}")];
        string forward = Write("a.csv", $"text,label\n{string.Join('\n', rows)}\n"), backward = Write("b.csv", $"text,label\n{string.Join('\n', rows.Reverse())}\n");

        DatasetEntry first = TextFile.Open(forward), second = TextFile.Open(backward);

        Assert.Equal(Items(first.Load("").Test), Items(second.Load("").Test));
        Assert.Equal((32, 8), (first.TrainItems, first.TestItems));
        Assert.Equal([64], first.ItemShape.Dims);
    }

    private static string[] Items(DatasetEntry entry) => [.. Items(entry.Load("").Train).Concat(Items(entry.Load("").Test)).Order(StringComparer.Ordinal)];

    private static IEnumerable<string> Items(IDataset items) => Enumerable.Range(0, items.Count).Select(i => Item(items, i)).Order(StringComparer.Ordinal);

    // Label and text as the codes say it: what has no code is U+0001.
    private static string Item(IDataset items, int index)
    {
        float[] codes = new float[items.ItemShape.ItemCount];
        int label = items.Read(index, codes);
        Assert.Equal(label, items.LabelOf(index));
        return $"{label} {string.Concat(codes.TakeWhile(code => code > 0).Select(code => Enumerable.Range(0, 128).Select(c => (char)c).First(c => CharacterVocabulary.CodeOf(c) == (byte)code && !char.IsUpper(c))))}"
            .Replace('\0', '\u0001');
    }

    private string Write(string name, string content)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, content, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        return path;
    }
}

using StepNet.Experiments.Studies;

namespace StepNet.Tests.Experiments.Studies;

/// <summary>What a study makes of the rows of its trials, and of claims over them, against values worked out by hand.</summary>
public sealed class StudyMeasureTests
{
    private const string Rows = """
        title: Rows of a column
        kind: parabola
        measures:
          y: { column: y }
        verdict: { min-pairs: 5 }
        """;

    // Rows 3, 1, 2 of layer a, between others of layer b. A cell that is empty is no row.
    private static readonly ITrialKind s_layers = Writing(["layer", "y"], [["b", 9], ["a", 3], ["a", 1], ["b", 20], ["a", 2], ["a", ""]]);

    [Theory]
    [InlineData("last", 2.0, 2.0)]
    [InlineData("first", 3.0, 9.0)]
    [InlineData("mean", 2.0, 7.0)]
    [InlineData("median", 2.0, 3.0)]
    [InlineData("min", 1.0, 1.0)]
    [InlineData("max", 3.0, 20.0)]
    [InlineData("sum", 6.0, 35.0)]
    public async Task Take_RowsOfAColumn_AsByHand(string take, double ofLayerA, double ofAll)
    {
        using StudyExample example = new($$"""
            title: Rows of a column
            kind: parabola
            measures:
              a: { file: rows.csv, column: y, take: {{take}}, where: { layer: a } }
              all: { file: rows.csv, column: y, take: {{take}} }
              tenfold: { file: rows.csv, column: y, take: {{take}}, scale: 10 }
            """);

        StudyResult result = await RunAsync(example, s_layers);

        IReadOnlyDictionary<string, double> values = result.Of(Assert.Single(result.Trials)).Values;
        Assert.Equal((ofLayerA, ofAll, 10 * ofAll), (values["a"], values["all"], values["tenfold"]));
    }

    // What is no number counts as none, so that a loss that was lost does not look like a good one.
    [Theory]
    [InlineData("mean")]
    [InlineData("median")]
    [InlineData("min")]
    [InlineData("sum")]
    public async Task Take_ARowThatIsNoNumber_GivesNone(string take)
    {
        using StudyExample example = new(Rows.Replace("{ column: y }", $"{{ file: rows.csv, column: y, take: {take} }}", StringComparison.Ordinal));

        StudyResult result = await RunAsync(example, Writing(["y"], [[3], [double.NaN], [2]]));

        Assert.Equal(double.NaN, result.Of(Assert.Single(result.Trials)).Values["y"]);
    }

    // Powers of two, whose sum says which rows counted. 0.10 is 0.1, as a number and not as a text.
    [Theory]
    [InlineData("place: 0.1", 11.0)]
    [InlineData("layer: a", 13.0)]
    [InlineData("layer: a, place: 0.1", 9.0)]
    [InlineData("layer: c", double.NaN)]
    public async Task Where_OfAMeasure_CountsTheRowsThatAgreeInAll(string where, double sum)
    {
        using StudyExample example = new(Rows.Replace("{ column: y }", $"{{ file: rows.csv, column: y, take: sum, where: {{ {where} }} }}", StringComparison.Ordinal));

        StudyResult result = await RunAsync(
            example, Writing(["layer", "place", "y"], [["a", "0.10", 1], ["b", "0.1", 2], ["a", "0.2", 4], ["a", "1e-1", 8]]));

        Assert.Equal(sum, result.Of(Assert.Single(result.Trials)).Values["y"]);
    }

    [Fact]
    public async Task Where_ColumnThatTrialsDoNotLeave_EndsWithItsName()
    {
        using StudyExample example = new(Rows.Replace("{ column: y }", "{ file: rows.csv, column: y, where: { layr: a } }", StringComparison.Ordinal));

        StudyException e = await Assert.ThrowsAsync<StudyException>(() => RunAsync(example, s_layers));

        Assert.Contains("parabola.yaml:4: measure 'y': rows.csv of the trials has no column 'layr'; it has layer, y. Did you mean layer?", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{ column: y }", "{ file: rows.csv, column: y, take: average }", ":4: take: 'average', expected last or first or mean or median or min or max or sum.")]
    [InlineData("{ column: y }", "{ column: y, take: mean }", ":4: measure 'y': 'summary.json'; expected summary.json without 'by', 'take' and 'where', or a .csv file")]
    [InlineData("{ column: y }", "{ column: y, where: { layer: a } }", ":4: measure 'y': 'summary.json'; expected summary.json without 'by', 'take' and 'where', or a .csv file")]
    [InlineData("{ column: y }", "{ column: y, better: less }", ":4: better: 'less', expected higher or lower.")]
    [InlineData("min-pairs: 5", "min-pairs: 0", ":5: min-pairs: '0', expected an integer, 1 to 1000000.")]
    [InlineData("min-pairs: 5", "min-pears: 5", ":5: 'min-pears' is no key of the rule of the verdict. Did you mean min-pairs?")]
    public void Read_WrongMeasureOrRule_SaysWhatIsExpected(string from, string to, string message)
    {
        using StudyExample example = new(Rows.Replace(from, to, StringComparison.Ordinal));

        string said = Assert.Throws<StudyException>(() => example.Read()).Message;

        Assert.StartsWith(example.File + message, said, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', said);
    }

    // y is 1 + seed / 10 where x is 1, and 3 more where x is 2. Five pairs of one sign: one of 2^5 combinations of signs reaches their sum.
    [Theory]
    [InlineData("lower", "than: 1.6", 0.3, "holds")]
    [InlineData("higher", "than: 1.6", -0.3, "does not hold")]
    [InlineData("lower", "second: { x: 2 }", 3.0, "holds")]
    [InlineData("higher", "second: { x: 2 }", -3.0, "does not hold")]
    public async Task Claim_LowerOrHigherIsBetter_AsByHand(string better, string other, double effect, string word)
    {
        using StudyExample example = new($$"""
            title: Claims
            kind: parabola
            axes: { x: [1, 2] }
            seeds: 5
            measures: { y: { column: y, better: {{better}}, chance: none } }
            claim: { text: The first is better, measure: y, first: { x: 1 }, {{other}} }
            """);

        StudyResult result = await RunAsync(example, StudyExample.Parabola);

        ClaimResult claim = Assert.Single(result.Claims);
        Assert.Equal(word, claim.Word);
        Assert.Equal(["seed 1", "seed 2", "seed 3", "seed 4", "seed 5"], claim.Pairs.Select(pair => pair.Setting));
        Assert.Equal([1.1, 1.2, 1.3, 1.4, 1.5], claim.Pairs.Select(pair => pair.First), (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal(effect, claim.Comparison!.MeanDifference, 1e-12);
        Assert.Equal((5, 1 / 32.0), (claim.Comparison.Pairs, effect > 0 ? claim.Comparison.PGreater : claim.Comparison.PLess));
        Assert.Equal(effect > 0, claim.Comparison.Low > 0);
    }

    // Of n pairs of one sign p is 1 / 2^n: 1 / 32 of five, and 1 / 16 of four.
    [Theory]
    [InlineData(5, "{ min-pairs: 5 }", 5, "holds")]
    [InlineData(5, "{ min-pairs: 6 }", 6, "inconclusive")]
    [InlineData(4, "{ min-pairs: 4 }", 4, "inconclusive")]
    [InlineData(4, "{ alpha: 0.1 }", 5, "inconclusive")]
    [InlineData(4, "{ min-pairs: 4, alpha: 0.1 }", 4, "holds")]
    public async Task Verdict_RuleOfTheFile_Decides(int seeds, string rule, int minPairs, string word)
    {
        using StudyExample example = new($$"""
            title: Claims
            kind: parabola
            settings: { x: 1 }
            seeds: {{seeds}}
            measures: { y: { column: y, better: lower, chance: none } }
            claim: { text: All lie below 1.6, measure: y, than: 1.6 }
            verdict: {{rule}}
            """);

        StudyResult result = await RunAsync(example, StudyExample.Parabola);

        Assert.Equal((word, seeds), (Assert.Single(result.Claims).Word, result.Claims[0].Pairs.Count));
        Assert.Contains($"\"min_pairs\": {minPairs},", result.VerdictJson(), StringComparison.Ordinal);
    }

    /// <summary>Trials that leave these rows in <c>rows.csv</c>.</summary>
    private static ITrialKind Writing(string[] columns, object[][] rows) => StudyExample.Kind((run, _) =>
    {
        Action<object[]> row = run.Rows("rows.csv", columns);
        foreach (object[] cells in rows)
        {
            row(cells);
        }

        return TrialOutcome.Done;
    });

    private static async Task<StudyResult> RunAsync(StudyExample example, ITrialKind kind)
    {
        using TrialStore store = example.Store();
        _ = await new StudyRunner(example.Read(), kind, store).RunAsync(TestContext.Current.CancellationToken);
        return StudyResult.Read(example.Read(), kind, store);
    }
}

using StepNet.Experiments.Studies;

namespace StepNet.Tests.Experiments.Studies;

/// <summary>Study files: what they may say, and what is said of those that are wrong.</summary>
public sealed class StudyFileTests
{
    [Fact]
    public void Read_Example_HasItsParts()
    {
        using StudyExample example = new();

        Study study = example.Read();

        Assert.Equal(("parabola", "A parabola", "parabola"), (study.Name, study.Title, study.Kind));
        Assert.Equal(["1", "2"], study.Axis("side").Cases.Select(one => one.Name));
        Assert.Equal(["0", "1", "2", "3"], study.Axis("x").Cases.Select(one => one.Name));
        Assert.Equal([1ul, 2ul, 3ul], study.Seeds);
        Assert.Equal("x", study.Measure("curve").By);
        Assert.Equal(5, study.Rule.MinPairs);
    }

    [Fact]
    public void Read_LogRangeAndCases_AreSpread()
    {
        using StudyExample example = new("""
            title: t
            kind: parabola
            axes:
              x: { from: 0.01, to: 1, count: 3, log: true }
              shape:
                flat: { side: 1, offset: 0 }
                steep: { side: 2, offset: [5] }
            measures: { y: { column: y } }
            """);

        Study study = example.Read();

        Assert.Equal(["0.01", "0.1", "1"], study.Axis("x").Cases.Select(one => one.Name));
        Assert.True(study.Axis("x").Log);
        Assert.Equal([("side", "2"), ("offset", "5")], study.Axis("shape").Cases[1].Settings.Select(one => (one.Key, one.Value)));
        Assert.Empty(study.Seeds);
    }

    [Fact]
    public void Read_Scale_ReplacesWhatItNames()
    {
        using StudyExample example = new(StudyExample.Yaml + "\nnote: Ours is y.\nscales: { small: { settings: { x: 2 }, axes: { x: [7] }, seeds: [4], note: Fewer. } }\n");

        Study study = example.Read("small");

        Assert.Equal("parabola-small", study.Name);
        Assert.Equal(["7"], study.Axis("x").Cases.Select(one => one.Name));
        Assert.Equal(["1", "2"], study.Axis("side").Cases.Select(one => one.Name));
        Assert.Equal(["offset", "x"], study.Settings.Select(one => one.Key));
        Assert.Equal([4ul], study.Seeds);
        Assert.Equal("Fewer. Ours is y.", study.Note);
        Assert.NotEqual(example.Read().Substance, study.Substance);
    }

    [Fact]
    public void Substance_OtherTitleAndCharts_IsTheSame()
    {
        using StudyExample example = new();
        string before = example.Read().Substance;

        example.Write(StudyExample.Yaml.Replace("A parabola", "Another title", StringComparison.Ordinal) + "\ncharts: { title: c, x: x, y: y }\n");
        Assert.Equal(before, example.Read().Substance);

        example.Write(StudyExample.Yaml + "\nverdict: { alpha: 0.1 }\n");
        Assert.NotEqual(before, example.Read().Substance);
    }

    [Theory]
    [InlineData("settings:", "setings:", ":3: 'setings' is no key of a study. Did you mean settings?")]
    [InlineData("{ offset: 1 }", "{ ofset: 1 }", ":3: 'ofset' is no setting of a trial of kind parabola. Did you mean offset?")]
    [InlineData("{ offset: 1 }", "{ offset: one }", ":3: offset: 'one', expected a number.")]
    [InlineData("{ offset: 1 }", "{ seed: 1 }", ":3: 'seed' is no setting of a study. Name seeds by 'seeds: 5' or 'seeds: [1, 2, 3]'.")]
    [InlineData("kind: parabola", "kind: parbola", ":2: 'parbola' is no kind of trial; expected parabola. Did you mean parabola?")]
    [InlineData("[1, 2]", "[1, 1]", ":5: axis 'side' has the value 1 twice. Delete one.")]
    [InlineData("from: 0, to: 3, count: 4", "from: 3, to: 0, count: 4", ":6: the range 'x' reaches from 3 to 0; expected 'from' below 'to'.")]
    [InlineData("from: 0, to: 3, count: 4", "from: 0, to: 3, log: true", ":6: the range 'x' reaches from 0 to 3; expected 'from' below 'to', and above 0 as it is logarithmic.")]
    [InlineData("from: 0, to: 3, count: 4", "from: 0, to: 3", ":6: the range 'x' needs 'count', how many values of it run, unless a 'search' chooses them.")]
    [InlineData("seeds: 3", "seeds: [1, 2, 1]", ":7: seeds: 1 stands there 2 times. Leave one.")]
    [InlineData("column: y, chance: 0", "column: y, chance: { 1: 10 }", ":9: chance: 1 are not all values of one axis and of no other; name each, or give one number for all.")]
    [InlineData("seeds: 3", "seeds: three", ":7: seeds: 'three', expected an integer, 1 to 10000.")]
    [InlineData("column: y, chance: 0", "colum: y, chance: 0", ":9: 'colum' is no key of a measure. Did you mean column?")]
    [InlineData("column: y, chance: 0", "column: y", ":11: the claim rests on 'y', which does not say what a diverged trial counts at.")]
    [InlineData("measure: y", "measure: z", ":11: 'z' is no measure of the study; it has y, curve.")]
    [InlineData("measure: y", "measure: curve", ":11: 'curve' is a curve, and a number is needed here. Add a measure without 'by'.")]
    [InlineData("first: { side: 2 }", "first: { side: 3 }", ":11: '3' is no value of 'side'; it has 1, 2.")]
    [InlineData(", second: { side: 1 }", "", ":11: a claim compares 'first' either with 'second' or with the number 'than'. Give one of the two.")]
    [InlineData("second: { side: 1 }", "second: { x: 1 }", ":11: 'first' and 'second' must give values of the same axes, at least one")]
    [InlineData("title: A parabola", "title: [", ": no YAML")]
    public void Read_WrongFile_SaysWhereAndWhat(string from, string to, string message)
    {
        using StudyExample example = new(StudyExample.Yaml.Replace(from, to, StringComparison.Ordinal));

        string said = Assert.Throws<StudyException>(() => example.Read()).Message;

        Assert.StartsWith(example.File + message, said, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', said);
    }

    [Theory]
    [InlineData("charts: { title: c, x: x, y: curve }\n", "")]
    [InlineData("charts: { title: c, x: side, y: curve }\n", "'side' is not what the curve 'curve' is by. Write 'x: x'.")]
    [InlineData("charts: { title: c, x: sides, y: y }\n", "'sides' is no axis of the study; it has side, x. Did you mean side?")]
    [InlineData("charts: { title: c, kind: heat-map, x: side, y: x }\n", "a heat map needs 'value', a measure. Add it.")]
    [InlineData("search: { method: random, settings: 3, measure: y }\n", "the search draws each from a range, so that no two do.")]
    [InlineData("search: { method: bayesian, settings: 3, measure: y }\n", "axis 'side' is a list, and Bayesian search goes over ranges.")]
    public void Read_ChartOrSearch_IsChecked(string more, string message)
    {
        using StudyExample example = new(StudyExample.Yaml + "\n" + more);

        string said = message.Length == 0 ? "" : Assert.Throws<StudyException>(() => example.Read()).Message;

        Assert.Contains(message, said, StringComparison.Ordinal);
        _ = message.Length == 0 ? example.Read() : null;
    }
}

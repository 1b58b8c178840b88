using System.Globalization;
using StepNet.Experiments.Charts;
using StepNet.Experiments.Reports;
using StepNet.Experiments.Studies;
using StepNet.Metrics;
using StepNet.Training;

namespace StepNet.Experiments.Runs;

/// <summary>A test of a trained model as one page: what it confuses, how far its confidence can be believed, how it stands noise.</summary>
public static class EvaluationReport
{
    // Beyond, cells are too small to be read, and the largest confusions are listed instead.
    private const int MostCells = 20, MostConfusions = 20;

    /// <summary>The page.</summary>
    /// <param name="evaluation">The test.</param>
    /// <param name="classes">Names, one a logit.</param>
    /// <param name="model">What was tested, in a few words.</param>
    /// <param name="data">On what, in a few words.</param>
    /// <param name="noise">What the levels of noise are, such as <c>deviation on normalised pixels</c>.</param>
    /// <exception cref="ArgumentException">Another number of names than classes.</exception>
    public static HtmlPage Page(ModelEvaluation evaluation, IReadOnlyList<string> classes, string model, string data, string noise)
    {
        ArgumentNullException.ThrowIfNull(evaluation);
        ArgumentNullException.ThrowIfNull(classes);
        ConfusionMatrix confusion = evaluation.Confusion;
        if (classes.Count != confusion.Classes)
        {
            throw new ArgumentException($"{classes.Count} names for {confusion.Classes} classes. Give one for each.", nameof(classes));
        }

        List<Section> sections =
        [
            new("Classes", [new SortableTable(["class", "items", "precision, %", "recall, %", "F1, %"], [.. Classes(confusion, classes)])]),
            new("Confusions",
            [
                .. classes.Count <= MostCells ? (SectionPart[])[new FigurePart(Matrix(confusion, classes))] : [],
                new SortableTable(["class", "taken for", "items"], [.. Confusions(confusion, classes).Take(MostConfusions)]),
            ]),
            new("Confidence", [.. Confidence(evaluation)]),
        ];
        if (evaluation.Noise.Count > 0)
        {
            sections.Add(new Section("Noise in the test items",
            [
                new FigurePart(new Chart
                {
                    Title = "Accuracy under rising noise",
                    X = new Axis(noise),
                    Y = new Axis("accuracy, %"),
                    Series = [Series.Of("", [.. evaluation.Noise.Select(one => one.Level)], [.. evaluation.Noise.Select(one => 100 * one.Accuracy)])],
                }),
                new SortableTable([noise, "accuracy, %", "loss"], [.. evaluation.Noise.Select(one => (string[])[Text(one.Level), Percent(one.Accuracy), Text(one.Loss)])]),
            ]));
        }

        return new HtmlPage(
            $"Test of {model}",
            string.Create(CultureInfo.InvariantCulture,
                $"{100 * confusion.Accuracy:f2} % of {confusion.Items:n0} test items of {data} are classified rightly; loss {evaluation.Loss:f4}, ")
            + string.Create(CultureInfo.InvariantCulture,
                $"macro F1 {100 * confusion.MacroF1:f2} %, expected calibration error {100 * evaluation.Reliability.ExpectedCalibrationError:f2} %."),
            sections);
    }

    /// <summary>The reliability diagram: accuracy against confidence, bin by bin, beside what it should be.</summary>
    public static Chart Diagram(ModelEvaluation evaluation)
    {
        ArgumentNullException.ThrowIfNull(evaluation);
        return new Chart
        {
            Title = "Reliability",
            X = new Axis("confidence") { Minimum = 0, Maximum = 1 },
            Y = new Axis("accuracy") { Minimum = 0, Maximum = 1 },
            Series =
            [
                Points("as trained", evaluation.Reliability),
                .. evaluation.ScaledReliability is Reliability scaled
                    ? (Series[])[Points(string.Create(CultureInfo.InvariantCulture, $"temperature {evaluation.Temperature:g3}"), scaled)] : [],
                Series.Of("calibrated", [0, 1], [0, 1]) with { Dashed = true },
            ],
        };

        static Series Points(string name, Reliability reliability)
        {
            ReliabilityBin[] bins = [.. reliability.Bins.Where(bin => bin.Items > 0)];
            return Series.Of(name, [.. bins.Select(bin => bin.Confidence)], [.. bins.Select(bin => bin.Accuracy)]);
        }
    }

    private static IEnumerable<SectionPart> Confidence(ModelEvaluation evaluation)
    {
        yield return new FigurePart(Diagram(evaluation));
        yield return new Paragraph(evaluation.Temperature is double t
            ? string.Create(CultureInfo.InvariantCulture, $"Logits divided by {t:g4}, fitted on held-out training items, bring the expected calibration error from ")
            + $"{Percent(evaluation.Reliability.ExpectedCalibrationError)} to {Percent(evaluation.ScaledReliability!.ExpectedCalibrationError)} % and the loss from "
            + $"{Text(evaluation.Loss)} to {Text(evaluation.ScaledLoss!.Value)}. No prediction changes."
            : "Without held-out items no temperature is fitted.");
        yield return new SortableTable(
            ["confidence above", "up to", "items", "mean confidence, %", "accuracy, %"],
            [.. evaluation.Reliability.Bins.Where(bin => bin.Items > 0)
                .Select(bin => (string[])[Text(bin.Low), Text(bin.High), Text(bin.Items), Percent(bin.Confidence), Percent(bin.Accuracy)])]);
    }

    private static IEnumerable<string[]> Classes(ConfusionMatrix confusion, IReadOnlyList<string> classes)
    {
        for (int c = 0; c < classes.Count; c++)
        {
            ClassScores scores = confusion.Scores(c);
            yield return [classes[c], Text(scores.Items), Percent(scores.Precision), Percent(scores.Recall), Percent(scores.F1)];
        }
    }

    private static HeatMap Matrix(ConfusionMatrix confusion, IReadOnlyList<string> classes) => new()
    {
        Title = "Items of each class, by what they were taken for",
        X = new Axis("taken for") { Categories = classes },
        Y = new Axis("class") { Categories = [.. classes.Reverse()] },
        Value = new Axis("items"),
        Values = [.. Enumerable.Range(0, classes.Count).Reverse().Select(
            label => (double[])[.. Enumerable.Range(0, classes.Count).Select(predicted => (double)confusion[label, predicted])])],
    };

    private static IEnumerable<string[]> Confusions(ConfusionMatrix confusion, IReadOnlyList<string> classes) =>
        from label in Enumerable.Range(0, classes.Count)
        from predicted in Enumerable.Range(0, classes.Count)
        where label != predicted && confusion[label, predicted] > 0
        orderby confusion[label, predicted] descending
        select (string[])[classes[label], classes[predicted], Text(confusion[label, predicted])];

    private static string Percent(double share) => double.IsNaN(share) ? "" : (100 * share).ToString("f2", CultureInfo.InvariantCulture);

    private static string Text(double number) => StudyReport.Number(number);
}

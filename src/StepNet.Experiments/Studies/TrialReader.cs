using System.Text.Json;
using StepNet.Experiments.Statistics;

namespace StepNet.Experiments.Studies;

/// <summary>Reads a study's measures from the folder of a trial.</summary>
internal static class TrialReader
{
    /// <summary>Reads what is there; of a trial that diverged a measure whose file is absent has no value.</summary>
    /// <exception cref="StudyException">A trial that is done lacks the file, or a file has no such column or field.</exception>
    internal static TrialResult Read(string folder, StudyTrial trial, TrialState state, IReadOnlyList<Measure> measures)
    {
        Dictionary<string, double> values = [];
        Dictionary<string, IReadOnlyList<(double X, double Y)>> curves = [];
        Dictionary<string, CsvTable> tables = [];
        Dictionary<string, JsonElement> objects = [];
        foreach (Measure measure in measures)
        {
            string path = System.IO.Path.Combine(folder, measure.File);
            bool isThere = File.Exists(path);
            if (state == TrialState.Done && !isThere)
            {
                string[] known = [.. Directory.EnumerateFiles(folder).Select(file => System.IO.Path.GetFileName(file)).Where(name => name.EndsWith(".csv", StringComparison.Ordinal) || name == "summary.json").Order(StringComparer.Ordinal)];
                throw new StudyException(
                    $"{measure.Place}: measure '{measure.Name}': the trials have no file '{measure.File}'; '{folder}' has {string.Join(", ", known)}.{Nearest.Hint(measure.File, known)}");
            }

            if (state is not (TrialState.Done or TrialState.Diverged) || !isThere)
            {
                _ = measure.By is null ? values[measure.Name] = double.NaN : 0;
                _ = measure.By is not null ? curves[measure.Name] = [] : [];
            }
            else if (measure.File.EndsWith(".json", StringComparison.Ordinal))
            {
                if (!objects.TryGetValue(path, out JsonElement json))
                {
                    using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
                    objects[path] = json = document.RootElement.Clone();
                }

                values[measure.Name] = measure.Scale * Field(json, measure);
            }
            else
            {
                if (!tables.TryGetValue(path, out CsvTable? table))
                {
                    tables[path] = table = CsvTable.Read(path);
                }

                (double X, double Y)[] rows = [.. Rows(table, measure)];
                rows = measure.Every == 1 ? rows : [.. rows.Where((_, i) => i % measure.Every == 0 || i == rows.Length - 1)];
                if (measure.By is null)
                {
                    values[measure.Name] = Reduce(rows, measure.Take);
                }
                else
                {
                    curves[measure.Name] = rows;
                }
            }
        }

        return new TrialResult(state, values, curves) { Cases = [.. trial.Cases.Values.Select(one => one.Name)] };
    }

    private static double Field(JsonElement json, Measure measure)
    {
        // A path's last part may hold dots: coefficients/layer1.0.step.
        foreach (string part in measure.Column.Split('/'))
        {
            string[] known = json.ValueKind == JsonValueKind.Object ? [.. json.EnumerateObject().Select(field => field.Name)] : [];
            json = known.Contains(part) ? json.GetProperty(part) : throw new StudyException(
                $"{measure.Place}: measure '{measure.Name}': {measure.File} of the trials has no field '{part}'.{Nearest.Hint(part, known)}");
        }

        return json.ValueKind switch
        {
            JsonValueKind.Number => json.GetDouble(),
            JsonValueKind.True => 1,
            JsonValueKind.False => 0,
            JsonValueKind.Null => double.NaN,
            _ => throw new StudyException($"{measure.Place}: measure '{measure.Name}': '{measure.Column}' of {measure.File} is no number."),
        };
    }

    private static IEnumerable<(double X, double Y)> Rows(CsvTable table, Measure measure)
    {
        int column = Column(measure.Column), by = measure.By is null ? -1 : Column(measure.By);
        (int Column, string Value)[] where = [.. measure.Where.Select(one => (Column(one.Key), one.Value))];
        foreach (IReadOnlyList<string> row in table.Rows)
        {
            // Compared as numbers where both are: 0.10 is 0.1.
            if (where.All(one => row[one.Column] == one.Value || CsvTable.Number(row[one.Column]) == CsvTable.Number(one.Value)) && row[column].Length > 0)
            {
                yield return (by < 0 ? double.NaN : CsvTable.Number(row[by]), measure.Scale * CsvTable.Number(row[column]));
            }
        }

        int Column(string name) => table.Find(name) is >= 0 and int index ? index : throw new StudyException(
            $"{measure.Place}: measure '{measure.Name}': {measure.File} of the trials has no column '{name}'; it has {string.Join(", ", table.Columns)}."
            + Nearest.Hint(name, table.Columns));
    }

    private static double Reduce((double X, double Y)[] rows, Taking take)
    {
        double[] y = [.. rows.Select(row => row.Y)];
        return y.Length == 0 ? double.NaN : take switch
        {
            Taking.Last => y[^1],
            Taking.First => y[0],
            Taking.Mean => y.Average(),
            Taking.Median => y.Any(double.IsNaN) ? double.NaN : Summary.Quantile([.. y.Order()], 0.5),
            Taking.Min => y.Min(),
            Taking.Max => y.Max(),
            _ => y.Sum(),
        };
    }
}

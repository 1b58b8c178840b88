namespace StepNet.Data;

/// <summary>Items that are the same: of equal decoded pixels, or of texts equal but for case and white space.</summary>
/// <param name="Items">Two or more, by name.</param>
/// <param name="AcrossParts">Whether they are in different parts, such as training and test: the test then tells too much.</param>
/// <param name="AcrossClasses">Whether they are in different classes: at least one label is wrong.</param>
public sealed record DuplicateItems(IReadOnlyList<string> Items, bool AcrossParts, bool AcrossClasses);

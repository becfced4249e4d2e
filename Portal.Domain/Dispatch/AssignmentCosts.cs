namespace Portal.Domain.Dispatch;

/// <summary>
/// Costs of an assignment problem: rows (tasks) × columns (performers), allowed pairs only, in compressed rows.
/// A pair that is absent or infinite is forbidden. Costs may be negative, never NaN.
/// </summary>
public sealed class AssignmentCosts
{
    private readonly List<int> rowStart = [0];
    private readonly List<int> column;
    private readonly List<double> cost;

    /// <summary>An empty problem over the given number of columns; <paramref name="capacity"/> is the expected number of pairs.</summary>
    public AssignmentCosts(int columns, int capacity = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        Columns = columns;
        column = new(capacity);
        cost = new(capacity);
    }

    /// <summary>Number of tasks added so far.</summary>
    public int Rows => rowStart.Count - 1;

    /// <summary>Number of performers.</summary>
    public int Columns { get; }

    /// <summary>Number of allowed pairs.</summary>
    public int Pairs => cost.Count;

    /// <summary>Adds the pair of the row that is being filled and the column; an infinite cost adds nothing.</summary>
    public void Add(int toColumn, double pairCost)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)toColumn, (uint)Columns, nameof(toColumn));
        if (double.IsNaN(pairCost) || double.IsNegativeInfinity(pairCost)) throw new ArgumentOutOfRangeException(nameof(pairCost), pairCost, "not a cost");
        if (double.IsPositiveInfinity(pairCost)) return;
        column.Add(toColumn);
        cost.Add(pairCost);
    }

    /// <summary>Ends the row that is being filled; the next pairs belong to the next row.</summary>
    public void EndRow() => rowStart.Add(cost.Count);

    /// <summary>A full matrix, row after row.</summary>
    public static AssignmentCosts Dense(ReadOnlySpan<double> matrix, int rows, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(matrix.Length, (long)rows * columns);
        var costs = new AssignmentCosts(columns, matrix.Length);
        for (var row = 0; row < rows; row++)
        {
            for (var j = 0; j < columns; j++) costs.Add(j, matrix[row * columns + j]);
            costs.EndRow();
        }
        return costs;
    }

    internal ReadOnlySpan<int> ColumnsOf(int row) =>
        System.Runtime.InteropServices.CollectionsMarshal.AsSpan(column)[rowStart[row]..rowStart[row + 1]];

    internal ReadOnlySpan<double> CostsOf(int row) =>
        System.Runtime.InteropServices.CollectionsMarshal.AsSpan(cost)[rowStart[row]..rowStart[row + 1]];
}

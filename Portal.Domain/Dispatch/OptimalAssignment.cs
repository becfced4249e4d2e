namespace Portal.Domain.Dispatch;

/// <summary>
/// The answer of <see cref="OptimalAssignment"/>. The prices are the dual solution and prove it optimal:
/// <c>RowPrice[i] + ColumnPrice[j] ≤ cost[i,j]</c> with equality on assigned pairs, row prices never above the cost of
/// leaving a row, column prices never above 0 and 0 on free columns.
/// </summary>
/// <param name="ColumnOfRow">The column of every row, −1 where the row is left unassigned.</param>
/// <param name="Cost">Sum of the costs of the assigned pairs.</param>
/// <param name="LeaveCost">What leaving one row was taken to cost.</param>
/// <param name="RowPrices">Dual value of every row.</param>
/// <param name="ColumnPrices">Dual value of every column.</param>
public sealed record AssignmentSolution(int[] ColumnOfRow, double Cost, double LeaveCost, double[] RowPrices, double[] ColumnPrices);

/// <summary>
/// Exact minimum-cost bipartite assignment by shortest augmenting paths on reduced costs
/// (Jonker and Volgenant, Computing 38, 1987), for rectangular and sparse problems.
/// The same input always gives the same answer; among equals the column named first wins.
/// </summary>
public sealed class OptimalAssignment
{
    private const int None = -1;
    /// <summary>Bids per row in the warm start: beyond a few, a shortest path is cheaper than another round of bids.</summary>
    private const int BidsPerRow = 4;

    private readonly AssignmentCosts costs;
    private readonly double leaveCost;
    private readonly int[] columnOf, rowOf, cameFrom, touched;
    private readonly double[] rowPrice, columnPrice, distance;
    private readonly PriorityQueue<int, double> frontier = new();

    private OptimalAssignment(AssignmentCosts costs, double leaveCost)
    {
        this.costs = costs;
        this.leaveCost = leaveCost;
        columnOf = new int[costs.Rows];
        rowPrice = new double[costs.Rows];
        rowOf = new int[costs.Columns];
        cameFrom = new int[costs.Columns];
        touched = new int[costs.Columns];
        columnPrice = new double[costs.Columns];
        distance = new double[costs.Columns];
        Array.Fill(columnOf, None);
        Array.Fill(rowOf, None);
        Array.Fill(distance, double.PositiveInfinity);
    }

    /// <summary>
    /// Assigns rows to columns, each at most once, so that the sum of the pairs' costs and of
    /// <paramref name="leaveCost"/> per unassigned row is least. Without it as many rows as possible are assigned,
    /// and among those assignments the cheapest is taken.
    /// </summary>
    public static AssignmentSolution Solve(AssignmentCosts costs, double? leaveCost = null)
    {
        var solver = new OptimalAssignment(costs, leaveCost ?? CostAboveAnyGain(costs));
        foreach (var row in solver.Bid()) solver.Augment(row);
        return solver.Solution();
    }

    /// <summary>Assigns by a full matrix, row after row; <see cref="double.PositiveInfinity"/> forbids a pair.</summary>
    public static AssignmentSolution Solve(ReadOnlySpan<double> matrix, int rows, int columns, double? leaveCost = null) =>
        Solve(AssignmentCosts.Dense(matrix, rows, columns), leaveCost);

    /// <summary>So much that one row more outweighs whatever its assignment makes the others pay.</summary>
    private static double CostAboveAnyGain(AssignmentCosts costs)
    {
        double least = 0, most = 0;
        for (var row = 0; row < costs.Rows; row++)
            foreach (var cost in costs.CostsOf(row))
            {
                least = Math.Min(least, cost);
                most = Math.Max(most, cost);
            }
        return Math.Min(costs.Rows, costs.Columns) * (most - least) + most + 1;
    }

    /// <summary>
    /// Warm start (augmenting row reduction): each row takes its cheapest column and lowers that column's price to its
    /// second choice, sending the former holder back to bid. Returns the rows that are still without a column.
    /// </summary>
    private List<int> Bid()
    {
        var waiting = new Queue<int>(Enumerable.Range(0, costs.Rows));
        for (var bids = BidsPerRow * costs.Rows; bids > 0 && waiting.TryDequeue(out var row); bids--)
        {
            var (column, best, second) = CheapestTwo(row);
            if (column == None)
            {
                rowPrice[row] = leaveCost;
                continue;
            }
            rowPrice[row] = second;
            columnPrice[column] -= second - best;
            if (rowOf[column] != None)
            {
                columnOf[rowOf[column]] = None;
                waiting.Enqueue(rowOf[column]);
            }
            rowOf[column] = row;
            columnOf[row] = column;
        }
        return [.. waiting];
    }

    /// <summary>The column of least reduced cost (a free one among equals) below the cost of leaving, and the two least values.</summary>
    private (int Column, double Best, double Second) CheapestTwo(int row)
    {
        var columns = costs.ColumnsOf(row);
        var pairCosts = costs.CostsOf(row);
        var (column, best, second) = (None, leaveCost, leaveCost);
        for (var k = 0; k < pairCosts.Length; k++)
        {
            var j = columns[k];
            var reduced = pairCosts[k] - columnPrice[j];
            if (reduced > second || reduced >= leaveCost) continue;
            if (reduced < best || (reduced == best && rowOf[column] != None && rowOf[j] == None))
                (column, best, second) = (j, reduced, best);
            else
                second = reduced;
        }
        return (column, best, second);
    }

    /// <summary>Brings one more row in along the shortest alternating path to a free column or to a row that is better left.</summary>
    private void Augment(int source)
    {
        var (bound, endColumn, endRow) = (double.PositiveInfinity, None, None);
        var touchedCount = 0;
        var row = source;
        double reached = double.NegativeInfinity, offset = 0;
        frontier.Clear();
        while (true)
        {
            if (offset + leaveCost < bound) (bound, endColumn, endRow) = (offset + leaveCost, None, row);
            var columns = costs.ColumnsOf(row);
            var pairCosts = costs.CostsOf(row);
            for (var k = 0; k < pairCosts.Length; k++)
            {
                var j = columns[k];
                var length = offset + pairCosts[k] - columnPrice[j];
                if (length >= bound || length >= distance[j]) continue;
                length = Math.Max(length, reached); // rounding must not reopen a settled column
                if (length >= distance[j]) continue;
                if (double.IsPositiveInfinity(distance[j])) touched[touchedCount++] = j;
                distance[j] = length;
                cameFrom[j] = row;
                if (rowOf[j] == None) (bound, endColumn) = (length, j);
                else frontier.Enqueue(j, length);
            }
            int column;
            do
            {
                if (!frontier.TryDequeue(out column, out reached)) reached = double.PositiveInfinity;
            }
            while (reached < bound && reached > distance[column]);
            if (reached >= bound) break;
            row = rowOf[column];
            offset = reached - rowPrice[row];
        }
        Reprice(source, bound, touched.AsSpan(0, touchedCount));
        Flip(source, endColumn, endRow);
    }

    private void Reprice(int source, double bound, ReadOnlySpan<int> columns)
    {
        rowPrice[source] = bound;
        foreach (var j in columns)
        {
            var slack = bound - distance[j];
            distance[j] = double.PositiveInfinity;
            if (slack <= 0 || rowOf[j] == None) continue;
            rowPrice[rowOf[j]] += slack;
            columnPrice[j] -= slack;
        }
    }

    private void Flip(int source, int endColumn, int endRow)
    {
        if (endColumn == None)
        {
            if (endRow == source) return;
            endColumn = columnOf[endRow];
            columnOf[endRow] = None;
        }
        for (int row = None, column = endColumn; row != source;)
        {
            row = cameFrom[column];
            rowOf[column] = row;
            (columnOf[row], column) = (column, columnOf[row]);
        }
    }

    private AssignmentSolution Solution()
    {
        double total = 0;
        for (var row = 0; row < columnOf.Length; row++)
            if (columnOf[row] != None)
                total += costs.CostsOf(row)[costs.ColumnsOf(row).IndexOf(columnOf[row])];
        return new(columnOf, total, leaveCost, rowPrice, columnPrice);
    }
}

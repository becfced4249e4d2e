using FsCheck;
using FsCheck.Fluent;
using Portal.Domain.Dispatch;

namespace Portal.Tests.Dispatch;

public class OptimalAssignmentTests
{
    private const double Forbidden = double.PositiveInfinity;

    [Fact]
    public void Solve_WhenTheCheapestPairsCollide_GivesTheLeastSum()
    {
        double[] matrix =
        [
            4, 1, 3,
            2, 0, 5,
            3, 2, 2,
        ];
        var solution = OptimalAssignment.Solve(matrix, 3, 3);
        Assert.Equal([1, 0, 2], solution.ColumnOfRow);
        Assert.Equal(5, solution.Cost);
    }

    [Fact]
    public void Solve_WhenAllCostsAreEqual_TakesTheColumnsInOrder()
    {
        var solution = OptimalAssignment.Solve(new double[5 * 7], 5, 7);
        Assert.Equal([0, 1, 2, 3, 4], solution.ColumnOfRow);
    }

    [Fact]
    public void Solve_WhenARowHasNoAllowedPair_LeavesIt()
    {
        var solution = OptimalAssignment.Solve([Forbidden, Forbidden, 7, Forbidden], 2, 2);
        Assert.Equal([-1, 0], solution.ColumnOfRow);
        Assert.Equal(7, solution.Cost);
    }

    [Fact]
    public void Solve_WhenServingBothCostsMuchMore_StillServesBoth()
    {
        var solution = OptimalAssignment.Solve([1, 1000, 1, Forbidden], 2, 2);
        Assert.Equal([1, 0], solution.ColumnOfRow);
    }

    [Fact]
    public void Solve_WhenAPairCostsMoreThanLeaving_LeavesTheRow()
    {
        var solution = OptimalAssignment.Solve([10, 99, 12, 99], 2, 2, leaveCost: 50);
        Assert.Equal([0, -1], solution.ColumnOfRow);
    }

    [Theory]
    [InlineData(0, 3)]
    [InlineData(3, 0)]
    [InlineData(0, 0)]
    public void Solve_WhenASideIsEmpty_AssignsNothing(int rows, int columns)
    {
        var solution = OptimalAssignment.Solve([], rows, columns);
        Assert.Equal(rows, solution.ColumnOfRow.Count(column => column == -1));
        Assert.Equal(0, solution.Cost);
    }

    [Fact]
    public void Add_WhenTheCostIsNotANumber_IsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new AssignmentCosts(1).Add(0, double.NaN));

    [Fact]
    public void Solve_OnSmallProblems_EqualsBruteForce()
    {
        var problems =
            from rows in Gen.Choose(1, 6)
            from columns in Gen.Choose(1, 6)
            from cells in Gen.Choose(-3, 12).ArrayOf(rows * columns)
            from leave in Gen.Choose(0, 20)
            select (rows, columns, leave, matrix: cells.Select(c => c > 9 ? Forbidden : c).ToArray());

        Prop.ForAll(problems.ToArbitrary(), p =>
        {
            var most = OptimalAssignment.Solve(p.matrix, p.rows, p.columns);
            var (served, cost) = BruteForce(p.matrix, p.rows, p.columns, (a, b) => a.Served != b.Served ? a.Served > b.Served : a.Cost < b.Cost);
            var priced = OptimalAssignment.Solve(p.matrix, p.rows, p.columns, p.leave);
            var least = BruteForce(p.matrix, p.rows, p.columns, (a, b) => Total(a) < Total(b));
            return most.ColumnOfRow.Count(c => c >= 0) == served && most.Cost == cost
                && Total((priced.ColumnOfRow.Count(c => c >= 0), priced.Cost)) == Total(least);

            double Total((int Served, double Cost) a) => a.Cost + p.leave * (p.rows - a.Served);
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData(300, 300, 1.0)]
    [InlineData(200, 500, 1.0)]
    [InlineData(500, 200, 1.0)]
    [InlineData(400, 400, 0.03)]
    [InlineData(1000, 5000, 0.006)]
    public void Solve_OnLargeProblems_IsProvenOptimalByItsPrices(int rows, int columns, double density)
    {
        var random = new System.Random(rows * columns);
        var costs = new AssignmentCosts(columns);
        var pairs = new Dictionary<(int Row, int Column), double>();
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < columns; j++)
                if (random.NextDouble() < density) costs.Add(j, pairs[(i, j)] = random.Next(0, 10_000) / 8.0);
            costs.EndRow();
        }
        var solution = OptimalAssignment.Solve(costs);

        foreach (var ((i, j), cost) in pairs)
            Assert.True(solution.RowPrices[i] + solution.ColumnPrices[j] <= cost + 1e-6);
        Assert.All(solution.RowPrices, price => Assert.True(price <= solution.LeaveCost + 1e-6));
        Assert.All(solution.ColumnPrices, price => Assert.True(price <= 0));
        var used = solution.ColumnOfRow.Where(j => j >= 0).ToList();
        Assert.Equal(used.Count, used.Distinct().Count());
        var left = rows - used.Count;
        var dual = solution.RowPrices.Sum() + solution.ColumnPrices.Sum();
        Assert.Equal(solution.Cost + left * solution.LeaveCost, dual, 1e-3);
    }

    [Fact]
    public void Solve_CalledTwice_GivesTheSameAssignment()
    {
        var random = new System.Random(7);
        var matrix = Enumerable.Range(0, 120 * 150).Select(_ => (double)random.Next(0, 5)).ToArray();
        Assert.Equal(OptimalAssignment.Solve(matrix, 120, 150).ColumnOfRow, OptimalAssignment.Solve(matrix, 120, 150).ColumnOfRow);
    }

    private static (int Served, double Cost) BruteForce(
        double[] matrix, int rows, int columns, Func<(int Served, double Cost), (int Served, double Cost), bool> better)
    {
        (int Served, double Cost)? best = null;
        Extend(0, 0, 0, 0);
        return best!.Value;

        void Extend(int row, int taken, int served, double cost)
        {
            if (row == rows)
            {
                if (best is null || better((served, cost), best.Value)) best = (served, cost);
                return;
            }
            Extend(row + 1, taken, served, cost);
            for (var j = 0; j < columns; j++)
                if ((taken >> j & 1) == 0 && double.IsFinite(matrix[row * columns + j]))
                    Extend(row + 1, taken | 1 << j, served + 1, cost + matrix[row * columns + j]);
        }
    }
}

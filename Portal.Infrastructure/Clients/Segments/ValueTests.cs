using System.Globalization;
using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Clients.Segments;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Clients.Segments;

/// <summary>What a question asks of one value. The negative ones are asked as their opposites and turned round by <see cref="Over{T}(Expression{Func{Partner, T}}, Expression{Func{T, bool}}, ConditionTest)"/>.</summary>
internal static class ValueTests
{
    private const int MostDays = 36500;

    public static Expression<Func<string?, bool>> OfText(SegmentScope _, ConditionTest test)
    {
        if (test.Operator is ConditionOperator.IsFilled or ConditionOperator.IsEmpty) return value => value != null && value != "";
        var words = test.Values.Select(value => value.Trim()).Where(value => value.Length > 0).ToList();
        if (words.Count == 0) throw Unreadable(test);
        if (test.Operator is ConditionOperator.Is or ConditionOperator.IsNot)
        {
            var lower = words.ConvertAll(word => word.ToLowerInvariant());
            return value => value != null && lower.Contains(value.ToLower());
        }
        var starts = test.Operator == ConditionOperator.StartsWith;
        var patterns = words.ConvertAll(word => starts ? LikePattern.Containing(word)[1..] : LikePattern.Containing(word));
        return value => value != null && patterns.Any(pattern => EF.Functions.ILike(value, pattern, LikePattern.Escape));
    }

    public static Expression<Func<int, bool>> OfNumber(SegmentScope _, ConditionTest test)
    {
        var bound = Number(test, 0);
        return test.Operator == ConditionOperator.AtLeast ? value => value >= bound : value => value <= bound;
    }

    public static Expression<Func<DateTimeOffset?, bool>> OfTime(SegmentScope scope, ConditionTest test)
    {
        switch (test.Operator)
        {
            case ConditionOperator.IsFilled or ConditionOperator.IsEmpty:
                return value => value != null;
            case ConditionOperator.InLastDays or ConditionOperator.NotInLastDays:
                var (from, now) = (scope.Now.AddDays(-Days(test, 0)), scope.Now);
                return value => value >= from && value <= now;
            case ConditionOperator.InNextDays:
                var (since, until) = (scope.Now, scope.Now.AddDays(Days(test, 0)));
                return value => value >= since && value <= until;
            default:
                var day = scope.Begin(Day(test));
                return test.Operator == ConditionOperator.Since ? value => value >= day : value => value < day;
        }
    }

    public static Expression<Func<DateOnly?, bool>> OfDay(SegmentScope scope, ConditionTest test)
    {
        switch (test.Operator)
        {
            case ConditionOperator.IsFilled or ConditionOperator.IsEmpty:
                return value => value != null;
            case ConditionOperator.InLastDays or ConditionOperator.NotInLastDays:
                var (from, now) = (scope.Today.AddDays(-Days(test, 0)), scope.Today);
                return value => value >= from && value <= now;
            case ConditionOperator.InNextDays:
                var (since, until) = (scope.Today, scope.Today.AddDays(Days(test, 0)));
                return value => value >= since && value <= until;
            default:
                var day = Day(test);
                return test.Operator == ConditionOperator.Since ? value => value >= day : value => value < day;
        }
    }

    public static Expression<Func<T, bool>> OfChoice<T>(ConditionTest test) where T : struct, Enum
    {
        var chosen = test.Values.Select(value => Enum.TryParse<T>(value, out var known) && Enum.IsDefined(known) ? known : throw Unreadable(test)).ToList();
        if (chosen.Count == 0) throw Unreadable(test);
        return value => chosen.Contains(value);
    }

    /// <summary>Ids in a question; at least one unless it asks for emptiness.</summary>
    public static List<Guid> Ids(ConditionTest test)
    {
        if (test.Operator is ConditionOperator.IsFilled or ConditionOperator.IsEmpty) return [];
        var ids = test.Values.Select(value => Guid.TryParse(value, out var id) ? id : throw Unreadable(test)).ToList();
        return ids.Count > 0 ? ids : throw Unreadable(test);
    }

    /// <summary>A whole number among the values.</summary>
    public static int Number(ConditionTest test, int place) =>
        test.Values.Count > place && int.TryParse(test.Values[place], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw Unreadable(test);

    /// <summary>A number of days among the values.</summary>
    public static int Days(ConditionTest test, int place) => Number(test, place) is <= MostDays and var days ? days : throw Unreadable(test);

    /// <summary>Since when a question about times counts; null for ever.</summary>
    public static DateTimeOffset? TimesSince(SegmentScope scope, ConditionTest test) =>
        test.Values.Count > 1 && test.Values[1].Length > 0 ? scope.Now.AddDays(-Days(test, 1)) : null;

    /// <summary>Asks a client's one value.</summary>
    public static Expression<Func<Partner, bool>> Over<T>(this Expression<Func<Partner, T>> value, Expression<Func<T, bool>> asked, ConditionTest test) =>
        Turned(Expression.Lambda<Func<Partner, bool>>(Put(asked, value.Body), value.Parameters), test);

    /// <summary>Asks whether one of a client's several values is so.</summary>
    public static Expression<Func<Partner, bool>> Over<T>(this Expression<Func<Partner, IQueryable<T>>> values, Expression<Func<T, bool>> asked, ConditionTest test) =>
        Turned(Expression.Lambda<Func<Partner, bool>>(Expression.Call(typeof(Queryable), nameof(Queryable.Any), [typeof(T)], values.Body, Expression.Quote(asked)), values.Parameters), test);

    /// <summary>The condition, or its opposite where the question is a negative one.</summary>
    public static Expression<Func<Partner, bool>> Turned(Expression<Func<Partner, bool>> condition, ConditionTest test) =>
        test.Operator is ConditionOperator.IsNot or ConditionOperator.NotContains or ConditionOperator.IsEmpty or ConditionOperator.NotInLastDays or ConditionOperator.No
            ? Expression.Lambda<Func<Partner, bool>>(Expression.Not(condition.Body), condition.Parameters) : condition;

    /// <summary>The body of a function with its argument put in.</summary>
    public static Expression Put<T, TResult>(Expression<Func<T, TResult>> function, Expression argument) => new Replacement(function.Parameters[0], argument).Visit(function.Body);

    private static DateOnly Day(ConditionTest test) =>
        test.Values.Count > 0 && DateOnly.TryParseExact(test.Values[0], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day.Year is >= 1900 and <= 2200 ? day : throw Unreadable(test);

    private static RuleBrokenException Unreadable(ConditionTest test) => new("segments.value-unreadable", $"segment.{test.Field}", string.Join(", ", test.Values));

    private sealed class Replacement(ParameterExpression from, Expression to) : ExpressionVisitor
    {
        protected override Expression VisitParameter(ParameterExpression node) => node == from ? to : node;
    }
}

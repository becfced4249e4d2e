using Microsoft.EntityFrameworkCore;
using Portal.Domain.Identity;
using Portal.Domain.Sales.Leads;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Sales.Leads;

/// <summary>Keeps the questions by which needs are found out. All methods need <see cref="Permissions.SalesSettings"/>.</summary>
public sealed class NeedSettings(IDbContextFactory<PortalDb> contexts)
{
    /// <summary>Questions at most, archived ones among them.</summary>
    public const int Most = 300;

    /// <summary>Adds a question, after all others.</summary>
    /// <exception cref="RuleBrokenException"><c>text.required</c>, <c>text.too-long</c>, <c>leads.options-required</c>, <c>leads.too-many-options</c>, <c>leads.too-many-questions</c>, <c>leads.group-unknown</c></exception>
    public async Task<NeedQuestionId> AddAsync(NeedAsked asked, Actor actor, CancellationToken ct)
    {
        await using var db = Open(actor);
        await LeadIntake.RequireGroupAsync(db, asked.Group, ct);
        var positions = await db.Set<NeedQuestion>().Select(q => q.Position).ToListAsync(ct);
        if (positions.Count >= Most) throw new RuleBrokenException("leads.too-many-questions", Most);
        var question = new NeedQuestion(NeedQuestionId.New(), asked, 1 + positions.DefaultIfEmpty().Max());
        db.Add(question);
        await db.SaveChangesAsync(ct);
        return question.Id;
    }

    /// <summary>Changes a question, and whether it is asked. How a question is answered stays once somebody has answered it.</summary>
    /// <exception cref="RuleBrokenException"><c>shared.changed-by</c>, <c>leads.question-unknown</c>, <c>leads.question-answered</c>, as <see cref="AddAsync"/></exception>
    public async Task ChangeAsync(NeedQuestionId id, NeedAsked asked, bool archived, uint seen, Actor actor, CancellationToken ct)
    {
        await using var db = Open(actor);
        var question = await db.Set<NeedQuestion>().FirstOrDefaultAsync(q => q.Id == id, ct) ?? throw new RuleBrokenException("leads.question-unknown");
        db.ExpectVersion(question, seen);
        if (asked.Group != question.Group) await LeadIntake.RequireGroupAsync(db, asked.Group, ct);
        if (asked.Kind != question.Kind && await db.Set<NeedAnswer>().AnyAsync(a => a.Question == id, ct)) throw new RuleBrokenException("leads.question-answered");
        question.Ask(asked);
        if (archived) question.Archive();
        else question.Restore();
        await db.SaveOrExplainAsync(new(ObjectKind.NeedQuestion, id.Value), ct);
    }

    /// <summary>Puts the questions in this order; those that are not named stay behind them.</summary>
    /// <exception cref="RuleBrokenException"><c>leads.question-unknown</c></exception>
    public async Task ArrangeAsync(IReadOnlyList<NeedQuestionId> order, Actor actor, CancellationToken ct)
    {
        await using var db = Open(actor);
        var questions = await db.Set<NeedQuestion>().OrderBy(q => q.Position).ThenBy(q => q.Id).ToListAsync(ct);
        if (order.Any(id => questions.All(q => q.Id != id))) throw new RuleBrokenException("leads.question-unknown");
        var place = 0;
        foreach (var question in questions.OrderBy(q => order.Contains(q.Id) ? order.TakeWhile(id => id != q.Id).Count() : int.MaxValue)) question.Place(++place);
        await db.SaveChangesAsync(ct);
    }

    private PortalDb Open(Actor actor)
    {
        actor.Require(Permissions.SalesSettings);
        return contexts.CreateFor(actor);
    }
}

using Microsoft.EntityFrameworkCore;
using Portal.Domain.Sales.Leads;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Pricing;

namespace Portal.Infrastructure.Sales.Leads;

/// <summary>A question to a lead, with its answer where there is one.</summary>
/// <param name="Answer"><c>yes</c> or <c>no</c>, a number with a point, one of the options, or a text</param>
public sealed record LeadNeed(NeedQuestionId Id, string Text, NeedKind Kind, IReadOnlyList<string> Options, bool Required, bool Budget, string? Answer);

/// <summary>Finds out what clients need: answers to the questions of their group of products, and the qualification that rests on them.</summary>
public sealed class LeadNeeds(IDbContextFactory<PortalDb> contexts, TimeProvider time)
{
    /// <summary>Notes answers; an empty one takes an answer away, a question that is not named keeps its own.</summary>
    /// <exception cref="RuleBrokenException"><c>shared.changed-by</c>, <c>leads.unknown</c>, <c>leads.closed</c>, <c>leads.question-unknown</c>, <c>leads.answer-unreadable</c>, <c>text.too-long</c></exception>
    public Task<uint> AnswerAsync(LeadId id, IReadOnlyDictionary<NeedQuestionId, string?> answers, uint seen, Actor actor, CancellationToken ct) =>
        LeadDesk.ChangeAsync(contexts, id, seen, actor, time.GetUtcNow(), async (db, lead, _) => await NoteAsync(db, lead, answers, ct), ct);

    /// <summary>Notes answers and interest, and says that the lead is worth a deal.</summary>
    /// <param name="interest">null leaves it as it is</param>
    /// <exception cref="RuleBrokenException">as <see cref="AnswerAsync"/>, and <c>leads.interest-required</c>, <c>leads.answers-required</c>, <c>leads.doubted</c></exception>
    public Task<uint> QualifyAsync(LeadId id, IReadOnlyDictionary<NeedQuestionId, string?> answers, LeadInterest? interest, uint seen, Actor actor, CancellationToken ct) =>
        LeadDesk.ChangeAsync(contexts, id, seen, actor, time.GetUtcNow(), async (db, lead, now) =>
        {
            if (interest is { } rated) LeadDesk.Rate(db, lead, rated, now, actor);
            var unanswered = await NoteAsync(db, lead, answers, ct);
            lead.Qualify(unanswered);
            db.Add(new LeadEvent(lead.Id, LeadEventKind.Qualified, null, now, actor));
        }, ct);

    /// <summary>Questions to a lead in order: those of its group and the groups above it and those to everybody, and what was answered to others.</summary>
    internal static async Task<List<LeadNeed>> OfAsync(PortalDb db, LeadId id, Guid? about, CancellationToken ct)
    {
        var groups = await GroupsAsync(db, about, ct);
        return await (
            from q in db.Set<NeedQuestion>()
            let answer = db.Set<NeedAnswer>().Where(a => a.Lead == id && a.Question == q.Id).Select(a => a.Value).FirstOrDefault()
            where answer != null || !q.Archived && (q.Group == null || groups.Contains(q.Group.Value))
            orderby q.Group == null, q.Position, q.Id
            select new LeadNeed(q.Id, q.Text, q.Kind, q.Options, q.IsRequired && !q.Archived && (q.Group == null || groups.Contains(q.Group.Value)), q.Budget, answer)).ToListAsync(ct);
    }

    // what is asked of who wants furniture is asked of who wants shelves, too
    private static async Task<Guid[]> GroupsAsync(PortalDb db, Guid? about, CancellationToken ct) =>
        about is { } group ? [.. (await GroupTree.ReadAsync(db, ct)).Up(new(group)).Select(g => g.Id.Value)] : [];

    private static async Task<int> NoteAsync(PortalDb db, Lead lead, IReadOnlyDictionary<NeedQuestionId, string?> answers, CancellationToken ct)
    {
        if (!lead.IsOpen) throw new RuleBrokenException("leads.closed");
        var (named, groups) = (answers.Keys.ToList(), await GroupsAsync(db, lead.Group, ct));
        var asked = await db.Set<NeedQuestion>().AsNoTracking().Where(q => named.Contains(q.Id) || !q.Archived && (q.Group == null || groups.Contains(q.Group.Value))).ToDictionaryAsync(q => q.Id, ct);
        var known = await db.Set<NeedAnswer>().Where(a => a.Lead == lead.Id).ToDictionaryAsync(a => a.Question, ct);
        foreach (var (question, given) in answers)
        {
            if (!asked.TryGetValue(question, out var its)) throw new RuleBrokenException("leads.question-unknown");
            var (value, answer) = (its.Read(given), known.GetValueOrDefault(question));
            if (value is null)
            {
                if (answer is not null) db.Remove(answer);
                known.Remove(question);
            }
            else if (answer is null) db.Add(known[question] = new NeedAnswer(lead.Id, question, value));
            else answer.Change(value);
        }
        var answered = known.Keys.ToList();
        lead.Learn(await db.Set<NeedQuestion>().AnyAsync(q => q.Budget && answered.Contains(q.Id), ct));
        // its version stands for the whole: of two who answer at once the second is told
        db.Entry(lead).Property(l => l.BudgetKnown).IsModified = true;
        return asked.Values.Count(q => q is { IsRequired: true, Archived: false } && (q.Group is not { } group || groups.Contains(group)) && !known.ContainsKey(q.Id));
    }
}

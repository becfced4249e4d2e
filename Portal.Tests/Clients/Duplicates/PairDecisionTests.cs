using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Clients;
using Portal.Domain.Clients.Duplicates;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Domain.Work;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Clients.Duplicates;
using Portal.Infrastructure.Database;
using Portal.Tests.Support;
using Portal.Tests.Work;
using static Portal.Tests.Dispatch.Orders;

namespace Portal.Tests.Clients.Duplicates;

/// <summary>What is decided about a pair: its task ends with it, and it holds on when one of the two leaves its place to a third.</summary>
public sealed class PairDecisionTests(WorkOffice office) : IClassFixture<WorkOffice>
{
    private T Get<T>() where T : notnull => office.Services.GetRequiredService<T>();

    private Task<Actor> SellerAsync() => office.PersonAsync($"Seller {Guid.NewGuid():N}"[..16], Permissions.ClientsRead, Permissions.ClientsManage);

    private Task<PartnerId> AddAsync(string name, Actor by) => Get<PartnerRegistry>().AddAsync(new(name, PartnerKinds.Client, Responsible: by.UserId), by, default);

    private Task<Guid> PairAsync(PartnerId one, PartnerId other) => Found.PairAsync(office, ObjectKind.Partner, one.Value, other.Value);

    private Task<int> GiveAsync(Guid pair, Actor by) => Get<DuplicateTasks>().GiveAsync([pair], null, _ => "One or two?", by, default);

    private Task<Guid> MergeAsync(Guid pair, PartnerId survivor, Actor by) => Get<PartyMerge>().MergeAsync(new(pair, survivor.Value, new Dictionary<string, MergeSide>(), []), by, default);

    private async Task<FoundPair?> FindAsync(PartnerId one, PartnerId other)
    {
        await using var db = office.Open();
        return await db.Set<FoundPair>().AsNoTracking().SingleOrDefaultAsync(p => p.One == one.Value && p.Other == other.Value || p.One == other.Value && p.Other == one.Value);
    }

    private async Task<List<Assignment>> TasksAsync(Guid pair)
    {
        await using var db = office.Open();
        return await db.Set<Assignment>().AsNoTracking().Include(a => a.Events).Where(a => a.AboutId == pair).ToListAsync();
    }

    [Fact]
    public async Task Give_ByTwoAtOnce_MakesOneTask_AndTellsTheOtherWhoFindsOut()
    {
        var (first, second) = (await SellerAsync(), await SellerAsync());
        var pair = await PairAsync(await AddAsync("Hazel Yard", first), await AddAsync("Hasel Yard", first));
        await using var held = office.Open();
        await using var transaction = await held.Database.BeginTransactionAsync();
        await held.Database.ExecuteSqlAsync($"select from clients.found_pair where id = {pair} for update");
        var jobs = new[] { OutcomeAsync(first), OutcomeAsync(second) };
        await using (var look = office.Open())
            await Wait.UntilAsync(async () => await look.Database.SqlQuery<int>($"""select count(*)::int as "Value" from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'""").SingleAsync() == 2, "both at the pair");
        await transaction.CommitAsync();

        var outcomes = await Task.WhenAll(jobs);

        Assert.Equal(["", $"clients.pair-given {first.Name}"], outcomes.Order());
        Assert.Single(await TasksAsync(pair));

        async Task<string> OutcomeAsync(Actor giver)
        {
            try
            {
                return await GiveAsync(pair, giver) == 1 ? "" : "none";
            }
            catch (RuleBrokenException rule)
            {
                return $"{rule.Code} {rule.Args[0]}";
            }
        }
    }

    [Fact]
    public async Task Task_EndsWithTheDecision_AndAnotherCanBeGivenWhenItIsTakenBack()
    {
        var seller = await SellerAsync();
        var (one, other) = (await AddAsync("Rowan Gate", seller), await AddAsync("Rowann Gate", seller));
        var pair = await PairAsync(one, other);
        await GiveAsync(pair, seller);

        await Get<DuplicateDesk>().PartAsync(pair, seller, default);

        var task = Assert.Single(await TasksAsync(pair));
        Assert.Equal((AssignmentState.Done, AssignmentAction.Settled, "pair.Different", seller.Name), (task.State, task.Events[^1].Action, task.Events[^1].Note, task.Events[^1].ByName));
        await Get<DuplicateDesk>().ReopenAsync(pair, seller, default);
        Assert.Equal(1, await GiveAsync(pair, seller));
        var merge = await MergeAsync(pair, one, seller);
        Assert.Equal(["pair.Different", "pair.Merged"], (await TasksAsync(pair)).Select(t => t.Events[^1].Note).Order());
        await Get<PartyMerge>().UndoAsync(merge, seller, default);
        Assert.Equal((FoundPairState.Open, (AssignmentId?)null), ((await FindAsync(one, other))!.State, (await FindAsync(one, other))!.Task));
    }

    [Fact]
    public async Task Different_HoldsForTheSurvivor_AndGoesBackWithUndo()
    {
        var seller = await SellerAsync();
        var (stays, goes, third, fourth) = (await AddAsync("Elder Stores", seller), await AddAsync("Elder Store", seller), await AddAsync("Elder Storage", seller), await AddAsync("Eldar Stores", seller));
        await Get<DuplicateDesk>().PartAsync(await PairAsync(goes, third), seller, default);
        await Get<DuplicateDesk>().PartAsync(await PairAsync(fourth, goes), seller, default);
        var known = await PairAsync(fourth, stays);
        await GiveAsync(known, seller);

        var merge = await MergeAsync(await PairAsync(stays, goes), stays, seller);

        Assert.Equal((FoundPairState.Different, seller.Name, merge), (await FindAsync(stays, third)) is { } carried ? (carried.State, carried.DecidedByName, carried.CarriedBy!.Value) : default);
        Assert.Equal(FoundPairState.Different, (await FindAsync(stays, fourth))!.State);
        Assert.Equal(AssignmentState.Done, Assert.Single(await TasksAsync(known)).State);
        Assert.DoesNotContain((await Get<FoundPairQuery>().ListAsync(new(), Slice.All, seller, default)).Rows, r => r.One.Id == stays.Value || r.Other.Id == stays.Value);
        Assert.Equal("clients.pair-different", (await RefusalOfAsync(() => MergeAsync(known, stays, seller))).Code);

        await Get<PartyMerge>().UndoAsync(merge, seller, default);

        Assert.Null(await FindAsync(stays, third));
        Assert.Equal(FoundPairState.Open, (await FindAsync(stays, fourth))!.State);
        Assert.Equal(FoundPairState.Different, (await FindAsync(goes, third))!.State);
    }
}

using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Portal.Domain.Billing;
using Portal.Domain.Clients;
using Portal.Domain.Dispatch;
using Portal.Domain.Sales.Orders;
using Portal.Domain.Shared;
using Portal.Domain.Stock;
using Portal.Domain.Work;
using Portal.Infrastructure.Billing;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Documents;
using Portal.Infrastructure.Sales.Orders;
using Portal.Infrastructure.Stock;
using static Portal.Tests.Sales.Orders.OrderOffice;

namespace Portal.Tests.Billing;

/// <summary>Every button of an order's documents, pressed twice at once: what comes of it is what comes of one press.</summary>
public sealed class SentTwiceTests(BillingOffice office) : IClassFixture<BillingOffice>
{
    // rows of all that these documents are made of and leave behind, by what has become of them
    private const string Traces = """
        select 'order ' || state, count(*)::numeric from sales.sales_order group by state
        union all select 'ordered', coalesce(sum(quantity - shipped), 0) from sales.order_item
        union all select 'shipment ' || state, count(*) from sales.shipment group by state
        union all select 'delivery ' || state, count(*) from sales.delivery group by state
        union all select 'trip ' || state, count(*) from dispatch.trip group by state
        union all select 'invoice ' || state, count(*) from billing.invoice group by state
        union all select 'asked', coalesce(sum(gross), 0) from billing.invoice where state <> 'Cancelled'
        union all select 'payment ' || state, count(*) from billing.payment group by state
        union all select 'payments of nobody', count(*) from billing.payment where partner is null
        union all select 'given', coalesce(sum(amount), 0) from billing.allocation where ended_at is null
        union all select 'taken back', count(*) from billing.allocation where ended_at is not null
        union all select 'released', count(*) from billing.credit_release
        union all select 'document ' || kind || ' ' || state, count(*) from stock.stock_document group by kind, state
        union all select 'moved ' || kind, sum(quantity) from stock.movement group by kind
        union all select 'movements', count(*) from stock.movement
        union all select 'worth', coalesce(sum(value), 0) from stock.card
        union all select 'set aside', coalesce(sum(quantity), 0) from stock.reserve
        union all select 'number ' || type, sum(last) from documents.document_number group by type
        union all select 'links', count(*) from documents.document_link
        union all select 'history', count(*) from clients.timeline_entry
        union all select 'files', count(*) from work.stored_file
        union all select 'letters', count(*) from core.outbox
        union all select 'audit ' || object_kind, count(*) from core.audit group by object_kind
        """;

    private readonly DateTimeOffset soon = DateTimeOffset.UtcNow.AddHours(2);

    /// <summary>What each button sends: the screen is opened, and what a press of the button is comes back.</summary>
    private Dictionary<string, Func<Task<Func<Task>>>> Buttons => new()
    {
        ["order: add"] = () => Press(SalesOrderId.New(), id => office.Orders.AddAsync(id, office.Client, office.Seller, default)),
        ["order: from the offer"] = async () =>
        {
            var (offer, secret) = await office.OutAsync(null, office.ShelfLine());
            await office.Clients.AcceptAsync(secret, new("Mira Vale", "198.51.100.7"), [], default);
            return () => office.Orders.FromOfferAsync(SalesOrderId.New(), offer, office.Seller, default);
        },
        ["order: copy"] = async () => await Press((New: SalesOrderId.New(), Of: await OrderAsync()), o => office.Orders.CopyAsync(o.New, o.Of, office.Seller, default)),
        ["order: place"] = async () =>
        {
            var (id, seen) = await SeenAsync(await office.DraftOrderAsync(null, office.ShelfLine()));
            return () => office.Fulfilment.PlaceAsync(id, seen, office.Seller, default);
        },
        ["order: change"] = async () =>
        {
            var sheet = await office.OrderAsync(await OrderAsync());
            var more = sheet.Written.Content with { Lines = [.. sheet.Written.Content.Lines.Select(l => l with { Quantity = 7 })] };
            return () => office.Orders.ChangeAsync(sheet.Id, sheet.Head, more, [], sheet.Version, office.Seller, default);
        },
        ["order: set aside"] = async () => await Press(await OrderAsync(), id => office.Fulfilment.ReserveAsync(id, office.Seller, default)),
        ["order: let go of what is set aside"] = async () =>
        {
            var id = await OrderAsync();
            await office.Fulfilment.ReserveAsync(id, office.Seller, default);
            return () => office.Fulfilment.ReleaseAsync(id, office.Seller, default);
        },
        ["order: cancel"] = async () =>
        {
            var (id, seen) = await SeenAsync(await OrderAsync());
            return () => office.Fulfilment.CancelAsync(id, "changed his mind", seen, office.Seller, default);
        },
        ["order: drop"] = async () =>
        {
            var (id, seen) = await SeenAsync(await office.DraftOrderAsync(null, office.ShelfLine()));
            return () => office.Orders.DropAsync(id, seen, office.Seller, default);
        },
        ["shipment: begin"] = async () => await Press((New: ShipmentId.New(), Of: await OrderAsync()), s => office.Shipping.BeginAsync(s.New, s.Of, office.Keeper, default)),
        ["shipment: take along"] = async () =>
        {
            var first = await OrderAsync();
            var (sheet, more) = (await office.ShipmentAsync(await office.PickAsync(first)), await OrderAsync((await office.OrderAsync(first)).Head.Place));
            return () => office.Shipping.TakeAlongAsync(sheet.Id, more, sheet.Version, office.Keeper, default);
        },
        ["shipment: post"] = async () =>
        {
            var sheet = await office.ShipmentAsync(await office.PickAsync(await OrderAsync()));
            return () => office.Shipping.PostAsync(sheet.Id, sheet.Version, office.Keeper, default);
        },
        ["shipment: cancel"] = async () =>
        {
            var sheet = await office.ShipmentAsync(await office.ShipAsync(await OrderAsync()));
            return () => office.Shipping.CancelAsync(sheet.Id, "wrong address", sheet.Version, office.Keeper, default);
        },
        ["shipment: drop"] = async () =>
        {
            var sheet = await office.ShipmentAsync(await office.PickAsync(await OrderAsync()));
            return () => office.Shipping.DropAsync(sheet.Id, sheet.Version, office.Keeper, default);
        },
        ["shipment: release"] = async () =>
        {
            var sheet = await office.ShipmentAsync(await office.PickAsync(await OrderAsync()));
            return () => office.Services.GetRequiredService<CreditControl>().ReleaseAsync(sheet.Id, "pays tomorrow", sheet.Version, office.Clerk, default);
        },
        ["shipment: write anew"] = async () =>
        {
            var sheet = await office.ShipmentAsync(await office.PickAsync(await OrderAsync()));
            return () => office.Shipping.RenewAsync(sheet.Id, sheet.Version, office.Keeper, default);
        },
        ["trip: order"] = async () =>
        {
            var (id, depot, shipment) = (TripId.New(), await DepotAsync(), await office.ShipAsync(await OrderAsync()));
            return () => office.Delivery.OrderAsync(id, [shipment], new(depot, soon, soon.AddHours(1)), Words, office.Keeper, default);
        },
        ["trip: take along"] = async () => await Press((Trip: await TripAsync(await office.ShipAsync(await OrderAsync())), More: await office.ShipAsync(await OrderAsync())), t => office.Delivery.AddAsync(t.Trip, [t.More], Words, office.Keeper, default)),
        ["trip: take off"] = async () =>
        {
            var (one, two) = (await office.ShipAsync(await OrderAsync()), await office.ShipAsync(await OrderAsync()));
            return await Press(await TripAsync(one, two), trip => office.Delivery.TakeOffAsync(trip, two, Words, office.Keeper, default));
        },
        ["delivery: tell"] = async () =>
        {
            var shipment = await office.ShipAsync(await OrderAsync());
            var delivery = await AtTheDoorAsync(shipment);
            var line = (await office.ShipmentAsync(shipment)).Lines[0].Line;
            var proof = StoredFileId.New();
            await office.Results.ProveAsync(delivery, proof, "signature.png", new MemoryStream(Png), office.Keeper, default);
            return () => office.Results.TellAsync(delivery, new([new(line.Order, line.OrderLine, 1, "Damaged")], "Mira Vale", proof.Value, [], null), office.Keeper, null, default);
        },
        ["delivery: prove"] = async () => await Press((File: StoredFileId.New(), Of: await AtTheDoorAsync(await office.ShipAsync(await OrderAsync()))), p => office.Results.ProveAsync(p.Of, p.File, "signature.png", new MemoryStream(Png), office.Keeper, default)),
        ["invoice: of an order"] = async () => await Press((New: InvoiceId.New(), Of: await OrderAsync()), i => office.Invoices.FromOrderAsync(i.New, i.Of, 0, office.Clerk, default)),
        ["invoice: of an offer"] = async () =>
        {
            var (offer, secret) = await office.OutAsync(null, office.ShelfLine());
            await office.Clients.AcceptAsync(secret, new("Mira Vale", "198.51.100.7"), [], default);
            return await Press(InvoiceId.New(), id => office.Invoices.FromOfferAsync(id, offer, 0, office.Clerk, default));
        },
        ["invoice: issue"] = async () =>
        {
            var id = InvoiceId.New();
            await office.Invoices.FromOrderAsync(id, await OrderAsync(), 0, office.Clerk, default);
            var seen = (await office.InvoiceAsync(id)).Version;
            return () => office.Invoices.IssueAsync(id, seen, office.Clerk, default);
        },
        ["invoice: cancel"] = async () =>
        {
            var (id, payment) = (await office.IssuedAsync(100), await office.PaidAsync(60));
            await office.GiveAsync(payment, id, 60);
            var seen = (await office.InvoiceAsync(id)).Version;
            return () => office.Invoices.CancelAsync(id, "wrong client", seen, office.Clerk, default);
        },
        ["invoice: drop"] = async () =>
        {
            var id = InvoiceId.New();
            await office.Invoices.FromOrderAsync(id, await OrderAsync(), 0, office.Clerk, default);
            var seen = (await office.InvoiceAsync(id)).Version;
            return () => office.Invoices.DropAsync(id, seen, office.Clerk, default);
        },
        ["payment: book"] = () => Press(PaymentId.New(), id => office.Payments.BookAsync(id, new(BillingOffice.Today, new(60, "EUR"), office.Client, "Payer", null), office.Clerk, default)),
        ["payment: whose it is"] = async () =>
        {
            var sheet = await office.PaymentAsync(await office.PaidAsync(60, known: false));
            return () => office.Payments.AssignAsync(sheet.Id, office.Client, sheet.Version, office.Clerk, default);
        },
        ["payment: give"] = async () =>
        {
            var (invoice, sheet) = (await office.IssuedAsync(100), await office.PaymentAsync(await office.PaidAsync(60)));
            return () => office.Payments.GiveAsync(sheet.Id, [new(invoice, 20)], sheet.Version, office.Clerk, default);
        },
        ["payment: take back"] = async () =>
        {
            var (invoice, payment) = (await office.IssuedAsync(100), await office.PaidAsync(60));
            await office.GiveAsync(payment, invoice, 60);
            var seen = (await office.PaymentAsync(payment)).Version;
            return () => office.Payments.TakeBackAsync(payment, invoice, seen, office.Clerk, default);
        },
        ["payment: cancel"] = async () =>
        {
            var sheet = await office.PaymentAsync(await office.PaidAsync(60));
            return () => office.Payments.CancelAsync(sheet.Id, "bounced", sheet.Version, office.Clerk, default);
        },
        ["payment: no reminders"] = async () =>
        {
            var client = await office.Services.GetRequiredService<PartnerRegistry>().AddAsync(new("Prompt Payer", PartnerKinds.Client, Responsible: office.Seller.UserId), office.Seller, default);
            return () => office.Reminders.ExceptAsync(client, true, office.Clerk, default);
        },
        ["stock: add"] = () => Press(StockDocumentId.New(), id => Stock.AddAsync(id, StockDocumentKind.WriteOff, office.Keeper, default)),
        ["stock: copy"] = async () => await Press((New: StockDocumentId.New(), Of: (await WrittenAsync(StockDocumentKind.Issue)).Id), d => Stock.CopyAsync(d.New, d.Of, office.Keeper, default)),
        ["stock: bring back"] = async () => await Press((New: StockDocumentId.New(), Of: await PostedAsync(StockDocumentKind.Issue)), d => Stock.FollowAsync(d.New, d.Of, office.Keeper, default)),
        ["stock: post a receipt"] = () => PostAsync(StockDocumentKind.Receipt),
        ["stock: post an issue"] = () => PostAsync(StockDocumentKind.Issue),
        ["stock: post a transfer"] = () => PostAsync(StockDocumentKind.Transfer),
        ["stock: post an arrival"] = async () =>
        {
            var id = StockDocumentId.New();
            await Stock.FollowAsync(id, await PostedAsync(StockDocumentKind.Transfer), office.Keeper, default);
            var seen = (await Papers.FindAsync(id, office.Keeper, default))!.Version;
            return () => Stock.PostAsync(id, seen, office.Keeper, default);
        },
        ["stock: post a write-off"] = () => PostAsync(StockDocumentKind.WriteOff),
        ["stock: post a stock-taking"] = () => PostAsync(StockDocumentKind.StockTaking),
        ["stock: cancel"] = async () =>
        {
            var id = await PostedAsync(StockDocumentKind.Issue);
            var seen = (await Papers.FindAsync(id, office.Keeper, default))!.Version;
            return () => Stock.CancelAsync(id, "wrong item", seen, office.Keeper, default);
        },
        ["stock: drop"] = async () => await Press(await WrittenAsync(StockDocumentKind.Issue), d => Stock.DropAsync(d.Id, d.Seen, office.Keeper, default)),
        ["letter: send"] = async () =>
        {
            var wanted = new PaperRequest(PaperKind.Invoice, (await office.IssuedAsync(100)).Value);
            return await Press(Guid.CreateVersion7(), id => office.Letters.SendAsync(id, wanted, "mira@example.com", "Invoice", "Please pay.", office.Clerk, default));
        },
    };

    public static TheoryData<string> Names => [.. new SentTwiceTests(null!).Buttons.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Button_PressedTwiceAtOnce_DoesWhatOnePressDoes(string name)
    {
        var button = Buttons[name];
        var (first, before) = (await button(), await TracesAsync());
        await first();
        var once = Difference(before, await TracesAsync());

        var second = await button();
        before = await TracesAsync();
        await Task.WhenAll(Task.Run(() => OnceAsync(second)), Task.Run(() => OnceAsync(second)), Task.Run(() => OnceAsync(second)));
        var thrice = Difference(before, await TracesAsync());

        Assert.NotEmpty(once);
        Assert.Equal(once, thrice);

        // whoever came second may be told that the document has changed, and nothing else
        static async Task OnceAsync(Func<Task> press)
        {
            try
            {
                await press();
            }
            catch (RuleBrokenException late)
            {
                Assert.Contains(late.Code, Late);
            }
        }
    }

    /// <summary>Fault 7: the database's disk is full when a document is about to be kept. Nothing of it stays, and once there is room the same press does what it always does.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public async Task Button_WhenTheDiskOfTheDatabaseIsFull_LeavesNothing_AndWorksOnceThereIsRoom(string name)
    {
        var (button, rehearsal) = (await Buttons[name](), await Buttons[name]());
        var before = await TracesAsync();
        await rehearsal();
        var usual = Difference(before, await TracesAsync());
        before = await TracesAsync();
        await FillDiskAsync();
        try
        {
            var fault = await Record.ExceptionAsync(button);
            Assert.Equal(PostgresErrorCodes.DiskFull, Assert.IsType<PostgresException>(fault?.GetBaseException()).SqlState);
            Assert.Empty(Difference(before, await TracesAsync()));
        }
        finally
        {
            await FreeDiskAsync();
        }
        await button();

        Assert.Equal(usual, Difference(before, await TracesAsync()));
    }

    /// <summary>Fault 8: the disk of the files is full when a driver's proof comes in. That is said, no row is left behind, and sent again under its id the proof is there once.</summary>
    [Fact]
    public async Task Proof_WhenTheDiskOfFilesIsFull_IsRefusedInWords_AndTakenOnceThereIsRoom()
    {
        var (delivery, proof) = (await AtTheDoorAsync(await office.ShipAsync(await OrderAsync())), StoredFileId.New());
        var before = await TracesAsync();
        var full = (IOException)(await Record.ExceptionAsync(() => File.WriteAllTextAsync("/dev/full", "x")))!;

        var refused = await Assert.ThrowsAsync<RuleBrokenException>(() => office.Results.ProveAsync(delivery, proof, "signature.png", new BrokenOff(Png, full), office.Keeper, default));
        Assert.Equal("file.no-room", refused.Code);
        Assert.Empty(Difference(before, await TracesAsync()));
        for (var i = 0; i < 2; i++) await office.Results.ProveAsync(delivery, proof, "signature.png", new MemoryStream(Png), office.Keeper, default);

        Assert.Equal(1, Difference(before, await TracesAsync())["files"]);
    }

    /// <summary>Fault 3: whoever sent a letter and gave a payment is gone right after the commit. Two others come round at once, and again: one letter goes, the deal's process is told once.</summary>
    [Fact]
    public async Task WhatFollowsADocument_HappensOnce_ThoughItsNodeIsGoneAfterTheCommit()
    {
        var address = $"{Guid.NewGuid():n}@example.com";
        var deal = await office.OpenDealAsync("Racks");
        var (offer, secret) = await office.OutAsync(deal, office.ShelfLine());
        await office.Clients.AcceptAsync(secret, new("Mira Vale", "198.51.100.7"), [], default);
        var invoice = InvoiceId.New();
        await office.Invoices.FromOfferAsync(invoice, offer, 0, office.Clerk, default);
        await office.Invoices.IssueAsync(invoice, (await office.InvoiceAsync(invoice)).Version, office.Clerk, default);
        await office.WorkAsync();
        var before = await TracesAsync();
        await office.Letters.SendAsync(Guid.CreateVersion7(), new(PaperKind.Invoice, invoice.Value), address, "Invoice", "Please pay.", office.Clerk, default);
        await office.GiveAsync(await office.PaidAsync(20), invoice, 20);
        Assert.Equal(2, Difference(before, await TracesAsync())["letters"]);

        await using var one = office.NewNode();
        await using var two = office.NewNode();
        await Task.WhenAll(Task.Run(() => office.WorkAsync(one)), Task.Run(() => office.WorkAsync(two)));
        await office.WorkAsync(one);

        Assert.Single(await office.LettersToAsync(address));
        Assert.Equal(1, await office.ValueAsync<long>("select count(*) from process.message where name = 'orders.payment.received' and key like '%' || $1", deal.Value.ToString()));
    }

    private Task FillDiskAsync() => RunAsync($"""
        create function public.no_room() returns trigger language plpgsql as $$ begin raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$;
        {string.Concat(Written.Select(t => $"create constraint trigger no_room after insert or update or delete on {t} deferrable initially deferred for each row execute function public.no_room();"))}
        """);

    private Task FreeDiskAsync() => RunAsync("drop function public.no_room() cascade");

    // every button writes at least one of them, and fails as late as it can: when it is committed
    private static readonly string[] Written = ["core.audit", "core.outbox", "clients.timeline_entry", "stock.reserve", "work.stored_file"];

    private async Task RunAsync(string sql)
    {
        await using var command = office.Database.Owner.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>An upload of which something comes, and then no more: the disk is full.</summary>
    private sealed class BrokenOff(byte[] start, IOException full) : MemoryStream(start)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken ct = default) => Position < Length ? base.ReadAsync(buffer, ct) : throw full;
    }

    private static readonly string[] Late = ["shared.changed-by", "shared.gone", "orders.unknown", "shipments.unknown", "invoices.unknown", "stock.document-unknown"];

    [Fact]
    public async Task Shipments_OfOneClientAtOnce_DoNotPassTheLimitTogether()
    {
        var client = await office.Services.GetRequiredService<PartnerRegistry>().AddAsync(new("Near the Limit", PartnerKinds.Client, Responsible: office.Seller.UserId), office.Seller, default);
        await office.Services.GetRequiredService<AgreementRegistry>().AddAsync(client, new(AgreementKind.Agreement, "L-2", null, null, BillingOffice.Today, null, 0, new Money(150, "EUR"), null), office.Head, default);
        List<ShipmentSheet> picked = [];
        for (var i = 0; i < 3; i++) picked.Add(await office.ShipmentAsync(await office.PickAsync(await office.SoldAsync(client, 100))));

        var codes = await Task.WhenAll(picked.Select(async sheet =>
        {
            try
            {
                await Task.Run(() => office.Shipping.PostAsync(sheet.Id, sheet.Version, office.Keeper, default));
                return "gone";
            }
            catch (RuleBrokenException stopped)
            {
                return stopped.Code;
            }
        }));

        Assert.Equal(["credit.over-limit", "credit.over-limit", "gone"], codes.Order());
    }

    private static readonly byte[] Png = [0x89, .. "PNG\r\n"u8, 0x1a, 0x0a, 1, 2, 3];

    private StockDesk Stock => office.Services.GetRequiredService<StockDesk>();
    private StockDocumentQuery Papers => office.Services.GetRequiredService<StockDocumentQuery>();

    private static Task<Func<Task>> Press<T>(T with, Func<T, Task> job) => Task.FromResult(() => job(with));

    private static string Words(IReadOnlyList<string> numbers, int? packages) => $"{string.Join(", ", numbers)} ({packages})";

    private async Task<(SalesOrderId Id, uint Seen)> SeenAsync(SalesOrderId id) => (id, (await office.OrderAsync(id)).Version);

    /// <summary>A placed order of goods that lie in the hall, for a door of the client.</summary>
    private async Task<SalesOrderId> OrderAsync(PlaceId? at = null)
    {
        await using var db = office.Open();
        var place = at ?? db.Add(Place.OfPartner(PlaceId.New(), office.Client, "Yard", "3 Mill Lane", new(47.3, 39))).Entity.Id;
        await db.SaveChangesAsync();
        var id = await office.DraftOrderAsync(null, Line(await office.ProductAsync("Chain", 20), 5));
        await office.WriteOrderAsync(id, c => c, h => h with { Warehouse = office.Main, Place = place });
        await office.PlaceAsync(id);
        return id;
    }

    private async Task<PlaceId> DepotAsync()
    {
        await using var db = office.Open();
        var depot = db.Add(Place.OfOurs(PlaceId.New(), office.Branch, "Depot", "1 Dock Road", new(47, 39))).Entity.Id;
        await db.SaveChangesAsync();
        return depot;
    }

    private async Task<TripId> TripAsync(params ShipmentId[] of)
    {
        var id = TripId.New();
        await office.Delivery.OrderAsync(id, of, new(await DepotAsync(), soon, soon.AddHours(1)), Words, office.Keeper, default);
        return id;
    }

    private async Task<DeliveryId> AtTheDoorAsync(ShipmentId of)
    {
        var trip = await TripAsync(of);
        await using var db = office.Open();
        await db.Database.ExecuteSqlAsync($"update dispatch.trip set state = 'OnBoard' where id = {trip.Value}");
        return (await office.Deliveries.OfTripAsync(trip, office.Keeper, default))[0].Id;
    }

    private async Task<(StockDocumentId Id, uint Seen)> WrittenAsync(StockDocumentKind kind)
    {
        var (id, product) = (StockDocumentId.New(), await office.ProductAsync("Frame", 20));
        await Stock.AddAsync(id, kind, office.Keeper, default);
        var draft = (await Papers.FindAsync(id, office.Keeper, default))!;
        var head = draft.Head with { Warehouse = office.Main, Target = kind == StockDocumentKind.Transfer ? office.Shop : null, Note = "Found broken" };
        return (id, await Stock.WriteAsync(id, head, [new(Guid.CreateVersion7(), product.Id, 4, "pcs")], draft.Version, office.Keeper, default));
    }

    private async Task<Func<Task>> PostAsync(StockDocumentKind kind) => await Press(await WrittenAsync(kind), d => Stock.PostAsync(d.Id, d.Seen, office.Keeper, default));

    private async Task<StockDocumentId> PostedAsync(StockDocumentKind kind)
    {
        var (id, seen) = await WrittenAsync(kind);
        await Stock.PostAsync(id, seen, office.Keeper, default);
        return id;
    }

    private async Task<Dictionary<string, decimal>> TracesAsync()
    {
        await using var command = office.Database.Owner.CreateCommand(Traces);
        await using var rows = await command.ExecuteReaderAsync();
        var found = new Dictionary<string, decimal>();
        while (await rows.ReadAsync()) found[rows.GetString(0)] = rows.GetDecimal(1);
        return found;
    }

    private static SortedDictionary<string, decimal> Difference(Dictionary<string, decimal> before, Dictionary<string, decimal> after) =>
        new(before.Keys.Union(after.Keys).Select(k => (Key: k, By: after.GetValueOrDefault(k) - before.GetValueOrDefault(k))).Where(d => d.By != 0).ToDictionary(d => d.Key, d => d.By));
}

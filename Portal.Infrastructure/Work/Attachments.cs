using Microsoft.EntityFrameworkCore;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Domain.Work;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Work;

/// <summary>
/// Files on any object, under the rights of that object. The content is on the disk before its row commits. A confidential file is there only for who attached it,
/// who answers for the object, and who holds <see cref="Permissions.FilesConfidential"/>.
/// </summary>
public sealed class Attachments(IDbContextFactory<PortalDb> contexts, ObjectDoors doors, FileStore store, TimeProvider time)
{
    /// <summary>How long a content without a row is left alone: an upload may be under way.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromHours(24);

    private const int MostListed = 10 * StoredFile.MostPerObject;

    /// <summary>Attaches a file.</summary>
    /// <param name="id">made by who sends it, where he has to know it</param>
    /// <param name="types">media types that are taken; null for all</param>
    /// <exception cref="RuleBrokenException"><c>work.object-unknown</c>, <c>file.too-many</c>, <c>file.other-type</c>, or what is wrong with the content</exception>
    public async Task<StoredFileId> AttachAsync(ObjectRef about, string? name, Stream body, Actor actor, bool confidential = false, CancellationToken ct = default, StoredFileId? id = null, IReadOnlyCollection<string>? types = null)
    {
        await doors.RequireAsync(about, actor, ct);
        await RequireRoomAsync(about, confidential, actor, ct);
        using var content = await store.TakeAsync(body, ct);
        if (types?.Contains(content.Type) == false) throw new RuleBrokenException("file.other-type");
        var file = new StoredFile(id ?? StoredFileId.New(), about, name, content.Type, content.Bytes, content.Hash, time.GetUtcNow(), actor, confidential);
        await using var db = contexts.CreateFor(actor);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await LockAsync(db, content.Hash, ct);
        store.Place(content);
        db.Add(file);
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return file.Id;
    }

    /// <summary>The files of an object that the actor may know of, oldest first.</summary>
    /// <exception cref="RuleBrokenException"><c>work.object-unknown</c></exception>
    public async Task<IReadOnlyList<StoredFile>> OfAsync(ObjectRef about, Actor actor, CancellationToken ct = default)
    {
        await doors.RequireAsync(about, actor, ct);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var files = await Of(db, about).OrderBy(f => f.At).ThenBy(f => f.Id).Take(MostListed).ToListAsync(ct);
        if (files.Exists(f => f.Confidential) && !await IsTrustedAsync(about, actor, ct)) files.RemoveAll(f => f.Confidential && f.ByUser != actor.UserId);
        return files;
    }

    /// <summary>True for who knows of all files of an object and says which are confidential: who answers for it and who holds the right. Who attached one says so of that.</summary>
    public async Task<bool> IsTrustedAsync(ObjectRef about, Actor actor, CancellationToken ct = default) =>
        actor.Can(Permissions.FilesConfidential) || await doors.ResponsibleAsync(about, ct) == actor.UserId;

    /// <summary>A file and its content, for who may know of it.</summary>
    /// <exception cref="RuleBrokenException"><c>work.object-unknown</c>, <c>file.lost</c></exception>
    public async Task<(StoredFile File, Stream Content)> OpenAsync(StoredFileId id, Actor actor, CancellationToken ct = default)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var file = await TakeAsync(db, id, actor, ct);
        return file.Archived ? throw new RuleBrokenException("work.object-unknown") : (file, store.Open(file.Hash));
    }

    /// <summary>Says whether a file is confidential.</summary>
    /// <exception cref="RuleBrokenException"><c>work.object-unknown</c>, <c>file.not-yours</c></exception>
    public async Task MarkAsync(StoredFileId id, bool confidential, Actor actor, CancellationToken ct = default)
    {
        await using var db = contexts.CreateFor(actor);
        var file = await TakeAsync(db, id, actor, ct);
        if (file.ByUser != actor.UserId && !await IsTrustedAsync(new(file.AboutKind, file.AboutId), actor, ct)) throw new RuleBrokenException("file.not-yours");
        file.Mark(confidential);
        await db.SaveChangesAsync(ct);
    }

    /// <summary>Takes a file out of its object's list; who attached it may.</summary>
    /// <exception cref="RuleBrokenException"><c>work.object-unknown</c>, <c>file.not-yours</c></exception>
    public async Task ArchiveAsync(StoredFileId id, Actor actor, CancellationToken ct = default)
    {
        await using var db = contexts.CreateFor(actor);
        (await TakeAsync(db, id, actor, ct)).Archive(actor, time.GetUtcNow());
        await db.SaveChangesAsync(ct);
    }

    /// <summary>Removes contents that no row has ever named, and rests of uploads cut short; how many contents went.</summary>
    public async Task<int> SweepAsync(CancellationToken ct)
    {
        var before = time.GetUtcNow() - Grace;
        store.DropIncoming(before);
        var gone = 0;
        foreach (var hash in store.OlderThan(before).ToList())
        {
            await using var db = await contexts.CreateDbContextAsync(ct);
            await using var transaction = await db.Database.BeginTransactionAsync(ct);
            // an upload of an equal content takes the same lock before it relies on this one
            await LockAsync(db, hash, ct);
            if (await db.Set<StoredFile>().AnyAsync(f => f.Hash == hash, ct)) continue;
            store.Drop(hash);
            gone++;
        }
        return gone;
    }

    private static Task LockAsync(PortalDb db, string hash, CancellationToken ct) =>
        db.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock(hashtextextended({hash}, 70))", ct);

    private static IQueryable<StoredFile> Of(PortalDb db, ObjectRef about) =>
        db.Set<StoredFile>().AsNoTracking().Where(f => f.AboutKind == about.Kind && f.AboutId == about.Id && !f.Archived);

    private async Task<StoredFile> TakeAsync(PortalDb db, StoredFileId id, Actor actor, CancellationToken ct)
    {
        var file = await db.Set<StoredFile>().FirstOrDefaultAsync(f => f.Id == id, ct) ?? throw new RuleBrokenException("work.object-unknown");
        var about = new ObjectRef(file.AboutKind, file.AboutId);
        await doors.RequireAsync(about, actor, ct);
        return !file.Confidential || file.ByUser == actor.UserId || await IsTrustedAsync(about, actor, ct) ? file : throw new RuleBrokenException("work.object-unknown");
    }

    // what somebody may not know of takes no room from him either: a full object would tell of it
    private async Task RequireRoomAsync(ObjectRef about, bool confidential, Actor actor, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        if (await Of(db, about).CountAsync(f => f.Confidential == confidential && (!confidential || f.ByUser == actor.UserId), ct) >= StoredFile.MostPerObject)
            throw new RuleBrokenException("file.too-many", StoredFile.MostPerObject);
    }
}

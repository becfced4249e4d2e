using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Portal.Domain.Clients;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Clients;

internal sealed class PartnerMapping : IEntityTypeConfiguration<Partner>
{
    public void Configure(EntityTypeBuilder<Partner> entity)
    {
        entity.IsKind(ObjectKind.Partner).HasWall(Wall.PartnerOwned);
        entity.Property(p => p.CreatedAt).HasDefaultValueSql("now()");
    }
}

internal sealed class CounterpartyMapping : IEntityTypeConfiguration<Counterparty>
{
    public void Configure(EntityTypeBuilder<Counterparty> entity) => entity.IsKind(ObjectKind.Counterparty).HasWall(Wall.PartnerOwned);
}

internal sealed class PersonMapping : IEntityTypeConfiguration<Person>
{
    public void Configure(EntityTypeBuilder<Person> entity) => entity.IsKind(ObjectKind.Person).HasWall(Wall.Internal);
}

internal sealed class ContactRoleMapping : IEntityTypeConfiguration<ContactRole>
{
    public void Configure(EntityTypeBuilder<ContactRole> entity) => entity.HasWall(Wall.Internal).IsPartOf(ObjectKind.Person, nameof(ContactRole.Person));
}

internal sealed class PlaceMapping : IEntityTypeConfiguration<Place>
{
    public void Configure(EntityTypeBuilder<Place> entity)
    {
        entity.IsKind(ObjectKind.Place).HasWall(Wall.PartnerOwned);
        entity.Ignore(p => p.Point).Ignore(p => p.Parts);
    }
}

internal sealed class ContactPointMapping : IEntityTypeConfiguration<ContactPoint>
{
    public void Configure(EntityTypeBuilder<ContactPoint> entity) => entity.HasWall(Wall.Internal);
}

internal sealed class AgreementMapping : IEntityTypeConfiguration<Agreement>
{
    public void Configure(EntityTypeBuilder<Agreement> entity) => entity.IsKind(ObjectKind.Agreement).HasWall(Wall.PartnerOwned);
}

internal sealed class InteractionMapping : IEntityTypeConfiguration<Interaction>
{
    public void Configure(EntityTypeBuilder<Interaction> entity) => entity.IsKind(ObjectKind.Interaction).HasWall(Wall.Internal);
}

internal sealed class InteractionParticipantMapping : IEntityTypeConfiguration<InteractionParticipant>
{
    public void Configure(EntityTypeBuilder<InteractionParticipant> entity) =>
        entity.HasWall(Wall.Internal).IsPartOf(ObjectKind.Interaction, nameof(InteractionParticipant.Interaction));
}

internal sealed class TimelineEntryMapping : IEntityTypeConfiguration<TimelineEntry>
{
    public void Configure(EntityTypeBuilder<TimelineEntry> entity) => entity.NotAudited().HasWall(Wall.Internal).IsPartOf(ObjectKind.Partner, nameof(TimelineEntry.Partner));
}

internal sealed class ReminderMapping : IEntityTypeConfiguration<Reminder>
{
    // the live bus knows a person's reminders by his id: only he is told
    public void Configure(EntityTypeBuilder<Reminder> entity) => entity.NotAudited().HasWall(Wall.Internal).IsPartOf(ObjectKind.Reminder, nameof(Reminder.User));
}

internal sealed class CalendarSettingMapping : IEntityTypeConfiguration<CalendarSetting>
{
    public void Configure(EntityTypeBuilder<CalendarSetting> entity)
    {
        entity.HasWall(Wall.Internal).HasKey(s => s.User);
        entity.Property(s => s.User).ValueGeneratedNever();
    }
}

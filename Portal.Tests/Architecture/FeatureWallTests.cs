using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Tests.Support;

namespace Portal.Tests.Architecture
{
    /// <summary>Features know one another by id, never by navigation.</summary>
    public sealed class FeatureWallTests
    {
        [Fact]
        public void Entities_HoldNoEntityOfAnotherFeature() =>
            Check.None(ForeignMembers(typeof(RuleBrokenException).Assembly.GetTypes(), "Portal.Domain."));

        [Fact]
        public void Mapping_NavigatesWithinFeaturesOnly()
        {
            using var db = new PortalDb(new DbContextOptionsBuilder<PortalDb>().UseNpgsql("Host=nowhere").Options);
            var across = db.Model.GetEntityTypes()
                .SelectMany(entity => entity.GetNavigations())
                .Where(navigation => Feature(navigation.DeclaringEntityType.ClrType) != Feature(navigation.TargetEntityType.ClrType) && !navigation.TargetEntityType.IsOwned())
                .Select(navigation => $"{navigation.DeclaringEntityType.ClrType.Name}.{navigation.Name}");

            Check.None(across);
            Assert.NotEmpty(db.Model.GetEntityTypes());
        }

        [Fact]
        public void Check_FindsANavigationAcrossFeatures()
        {
            var found = ForeignMembers([typeof(Planted.Sales.Deal), typeof(Planted.Fleet.Car)], "Portal.Tests.Architecture.Planted.");

            Assert.Equal(["Deal.Cars → Car", "Deal.delivery → Car"], found.Order());
        }

        private static IEnumerable<string> ForeignMembers(IEnumerable<Type> types, string below) =>
            from type in types
            where IsEntity(type)
            from member in type.GetMembers(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
            from target in Inside(member switch { PropertyInfo p => p.PropertyType, FieldInfo f when !f.Name.StartsWith('<') => f.FieldType, _ => null })
            where IsEntity(target) && target.Namespace!.StartsWith(below, StringComparison.Ordinal) && Feature(target) != Feature(type)
            select $"{type.Name}.{member.Name} → {target.Name}";

        private static IEnumerable<Type> Inside(Type? type) => type switch
        {
            null => [],
            { IsArray: true } => Inside(type.GetElementType()),
            { IsGenericType: true } => type.GetGenericArguments().SelectMany(Inside),
            _ => [type]
        };

        // What has an id of its own is an entity; values may be shared.
        private static bool IsEntity(Type type) => type.IsClass && type.Namespace is not null && type.GetProperty("Id") is not null;

        private static string Feature(Type type) => type.Namespace!.Split('.').Last();
    }
}

namespace Portal.Tests.Architecture.Planted.Fleet
{
    internal sealed class Car
    {
        public Guid Id { get; init; }
    }
}

namespace Portal.Tests.Architecture.Planted.Sales
{
    internal sealed class Deal(Fleet.Car delivery)
    {
        private readonly Fleet.Car delivery = delivery;

        public Guid Id { get; init; }
        public List<Fleet.Car> Cars { get; } = [delivery];
        public Guid DeliveryId => delivery.Id;
    }
}

using System.Globalization;
using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Shared;

namespace Portal.Domain.Fleet;

/// <summary>What a vehicle can carry. Payload in kilograms, volume in cubic metres.</summary>
public sealed record VehicleCapacity(int Seats, int PayloadKg, decimal VolumeM3);

/// <summary>A vehicle of the fleet.</summary>
public sealed class Vehicle : ISearchable
{
    private Vehicle() { }

    /// <summary>Takes a vehicle into the fleet.</summary>
    public Vehicle(VehicleId id, string plate, string model, VehicleClassId vehicleClass, BranchId branch, VehicleCapacity capacity)
    {
        Id = id;
        Branch = branch;
        Describe(plate, model, vehicleClass, capacity);
    }

    public VehicleId Id { get; private set; }
    public string Plate { get; private set; } = "";
    /// <summary>The plate as it is compared, see <see cref="KeyOf"/>; null where it stood beside an equal one before plates were compared so.</summary>
    public string? PlateKey { get; private set; }
    public string Model { get; private set; } = "";
    public VehicleClassId Class { get; private set; }
    public BranchId Branch { get; private set; }
    public int Seats { get; private set; }
    public int PayloadKg { get; private set; }
    public decimal VolumeM3 { get; private set; }
    /// <summary>Equipment codes the vehicle has on board, such as <c>child-seat</c>, <c>tail-lift</c>.</summary>
    public string[] Equipment { get; private set; } = [];
    /// <summary>Where it stands when it has nothing to do.</summary>
    public PlaceId? Depot { get; private set; }
    /// <summary>Name of the import or re-enactment that created it, null for a vehicle entered by people.</summary>
    public string? Source { get; private set; }
    public bool Archived { get; private set; }
    public uint Version { get; private set; }

    /// <summary>A plate without case, blanks and hyphens: <c>a227-dm</c> is <c>A227 DM</c>.</summary>
    public static string KeyOf(string plate)
    {
        var key = string.Concat(plate.Where(c => !char.IsWhiteSpace(c) && char.GetUnicodeCategory(c) != UnicodeCategory.DashPunctuation)).ToUpperInvariant();
        return key.Length > 0 ? key : plate;
    }

    /// <summary>Sets what it is and what it carries.</summary>
    public void Describe(string plate, string model, VehicleClassId vehicleClass, VehicleCapacity capacity)
    {
        plate = Required.Text(plate, "vehicle.plate", 20);
        if (plate != Plate) (Plate, PlateKey) = (plate, KeyOf(plate));
        Model = Required.Optional(model, "vehicle.model", 120) ?? "";
        Class = vehicleClass;
        Seats = Required.Number(capacity.Seats, "vehicle.seats", 0, 200);
        PayloadKg = Required.Number(capacity.PayloadKg, "vehicle.payload", 0, 100_000);
        VolumeM3 = capacity.VolumeM3 is >= 0 and <= 1000 ? capacity.VolumeM3 : throw new RuleBrokenException("number.out-of-range", "vehicle.volume", 0, 1000);
        if (decimal.Round(VolumeM3, 3) != VolumeM3) throw new RuleBrokenException("number.decimals", "vehicle.volume", 3);
    }

    /// <summary>Sets the equipment codes on board.</summary>
    public void Equip(IEnumerable<string> equipment) =>
        Equipment = equipment.Select(code => Required.Text(code, "vehicle.equipment", 40)).Distinct().Order(StringComparer.Ordinal).ToArray();

    /// <summary>Lets it work for another branch.</summary>
    public void MoveTo(BranchId branch) => Branch = branch;

    /// <summary>Sets where it stands.</summary>
    public void StationAt(PlaceId? depot) => Depot = depot;

    /// <summary>Marks it as created by an import or a re-enactment.</summary>
    public void MarkSource(string source) => Source = Required.Text(source, "vehicle.source", 80);

    /// <summary>Makes it one of our own: it is offered for work like any other.</summary>
    public void Adopt() => (Source, PlateKey) = (null, KeyOf(Plate));

    /// <summary>Takes it out of the fleet; its history stays.</summary>
    public void Archive() => Archived = true;

    /// <summary>Brings it back.</summary>
    public void Restore() => Archived = false;

    /// <inheritdoc/>
    public SearchEntry Describe() => new(new(ObjectKind.Vehicle, Id.Value), Plate, Model);
}

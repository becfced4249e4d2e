using Portal.Domain.Fleet;

namespace Portal.Domain.Dispatch;

/// <summary>What a vehicle is and holds against what a trip needs: the one judgement behind what is proposed and what is allowed.</summary>
internal static class VehicleFitness
{
    /// <summary>The first thing the vehicle lacks, or null when it has all. <paramref name="seats"/> is how many the trip takes.</summary>
    public static RankingReason? Lack(TripNeeds needs, int seats, VehicleClassId vehicleClass, VehicleCapacity has, IReadOnlyCollection<string> equipment)
    {
        if (needs.Class is { } wanted && wanted != vehicleClass) return new(RankingCode.WrongClass);
        if (has.Seats < seats) return new(RankingCode.TooFewSeats, has.Seats, seats);
        if (has.PayloadKg < needs.PayloadKg) return new(RankingCode.TooLittlePayload, has.PayloadKg, needs.PayloadKg);
        if (has.VolumeM3 < needs.VolumeM3) return new(RankingCode.TooLittleVolume, has.VolumeM3, needs.VolumeM3);
        if (needs.Equipment.Length == 0) return null;
        var missing = needs.Equipment.Except(equipment).ToArray();
        return missing.Length > 0 ? new(RankingCode.EquipmentMissing, string.Join(", ", missing)) : null;
    }
}

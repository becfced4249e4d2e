namespace Portal.Domain.Clients.Matching;

/// <summary>Fields that are compared, in the order in which reasons are told.</summary>
public enum MatchField { Name, TaxNumber, BirthDate, Phone, Mail, Street, House, Premise, City, Postcode, Region, Contact }

/// <summary>How two values of a field agree.</summary>
public enum MatchAgreement
{
    /// <summary>One side does not say; it counts neither way.</summary>
    Unknown,
    /// <summary>The same in its normal form.</summary>
    Same,
    /// <summary>Near enough for a typing error or another spelling.</summary>
    Similar,
    /// <summary>They disagree.</summary>
    Different,
}

/// <summary>One reason for or against two parties being one.</summary>
/// <param name="Bits">Weight of evidence, log₂(m/u) or log₂((1 − m)/(1 − u)); negative speaks against. Fields that follow from one another count less together than one by one.</param>
public readonly record struct MatchReason(MatchField Field, MatchAgreement Agreement, double Bits);

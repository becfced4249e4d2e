namespace Portal.Domain.Clients.Matching;

/// <summary>
/// The two probabilities of a field in the model of Fellegi and Sunter (1969): that its values agree in two records of one party, and in two of different ones.
/// </summary>
/// <param name="M">Share of true pairs that agree; the rest was mistyped, has moved, is another of several.</param>
/// <param name="U">Share of random pairs that agree: about one by the number of values in use.</param>
public readonly record struct FieldWeight(double M, double U)
{
    /// <summary>Evidence of agreement, bits.</summary>
    public double Agreement { get; } = Math.Log2(M / U);

    /// <summary>Evidence of disagreement, bits; negative.</summary>
    public double Disagreement { get; } = Math.Log2((1 - M) / (1 - U));

    /// <summary>
    /// Evidence between agreement and disagreement by similarity (Winkler 1990): it falls linearly, and what is less than <see cref="NoEvidence"/> alike disagrees.
    /// </summary>
    public double At(double similarity, double agreement) =>
        similarity <= NoEvidence ? Disagreement : agreement - (agreement - Disagreement) * (1 - similarity) / (1 - NoEvidence);

    /// <summary>Values less alike than this have nothing in common but letters.</summary>
    public const double NoEvidence = 0.4;
}

/// <summary>
/// Weights of the fields. They are reasoned from how many values a field has among a company's clients and how often people mistype or change it,
/// not fitted to any file.
/// </summary>
public static class FieldWeights
{
    /// <summary>Two parties taken at random from a base of a hundred thousand are one with this evidence, bits.</summary>
    public static readonly double Prior = Math.Log2(1 / 100_000.0);

    /// <summary>
    /// A word of a name; the words of a name are weighed one by one. Errors in a word are a matter of similarity; a word with quite another
    /// in its place is a changed surname in one true pair of a hundred, else another member of the family, another company of the group.
    /// </summary>
    public static readonly FieldWeight NameWord = new(0.99, 1 / 500.0);

    /// <summary>A word that only one of the names has: a second given name, a branch of trade; bits.</summary>
    public const double WordLeftOver = -1;

    public static readonly FieldWeight TaxNumber = new(0.96, 1e-6);
    public static readonly FieldWeight BirthDate = new(0.95, 1 / 20_000.0);
    // Partners have several phones and mail addresses, and change them.
    public static readonly FieldWeight Phone = new(0.7, 2e-5);
    public static readonly FieldWeight Mail = new(0.7, 1e-5);
    public static readonly FieldWeight Street = new(0.9, 1 / 1000.0);
    public static readonly FieldWeight House = new(0.9, 1 / 30.0);
    public static readonly FieldWeight Premise = new(0.7, 1 / 300.0);
    public static readonly FieldWeight City = new(0.93, 1 / 100.0);
    public static readonly FieldWeight Postcode = new(0.9, 1 / 500.0);
    public static readonly FieldWeight Region = new(0.93, 1 / 8.0);
    public static readonly FieldWeight Contact = new(0.4, 1 / 500.0);

    /// <summary>
    /// Companies change their names and addresses, and keep their tax number: whatever differs, parties with one in common have at least so much evidence, bits, the prior included.
    /// It is an even chance, for groups of companies are sometimes entered under the number of one of them.
    /// </summary>
    public const double LeastOfOneTaxpayer = 0;

    /// <summary>
    /// Whose name, phone and person all differ is never surely the same, however near they live and however alike they are called, and neither are two taxpayers, whatever else agrees:
    /// a company and its sister share name, house and phone. More evidence than this they have not, bits, the prior included. It is a chance of 0.85, for somebody to look at.
    /// </summary>
    public static readonly double MostOfAnother = Math.Log2(0.85 / 0.15);

    /// <summary>Words of one name are not independent: more evidence than this no name gives, bits.</summary>
    public const double MostOfName = 20;

    /// <summary>Less evidence than this no name gives, bits.</summary>
    public const double LeastOfName = -10;

    /// <summary>Town, postcode and region follow from one another; together they give at most so much evidence, bits.</summary>
    public const double MostOfLocality = 11;

    /// <summary>Families and offices share a door and a phone: address and phone together give at most so much evidence, bits.</summary>
    public const double MostOfDoor = 20;

    /// <summary>Parties move and have several addresses: less evidence than this no address gives, bits.</summary>
    public const double LeastOfAddress = -8;
}

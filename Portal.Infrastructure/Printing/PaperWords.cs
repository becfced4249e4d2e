namespace Portal.Infrastructure.Printing;

/// <summary>The words of a printed document in its language, by their key; places are filled.</summary>
public delegate string PaperWords(string key, params object?[] args);

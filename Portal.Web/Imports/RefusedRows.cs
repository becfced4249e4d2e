using Portal.Domain.Shared;
using Portal.Infrastructure.Imports;
using Portal.Web.Shared;

namespace Portal.Web.Imports;

/// <summary>The report of refused rows in the reader's language.</summary>
internal static class RefusedRows
{
    /// <summary>What to call the report of a run.</summary>
    public static string FileName(ImportRun run) => SourceFile.RefusedName(run.FileName);

    /// <summary>Writes the report as CSV.</summary>
    public static Task WriteAsync(ImportRun run, Stream to, ImportQuery imports, Texts texts, Actor actor, CancellationToken ct) => imports.WriteRefusedAsync(
        run.Id, to, (texts["import.line"], texts["import.reason"]), (code, args) => Reason(texts, run.Kind, code, args), actor, ct);

    /// <summary>A refusal in words, then what it is about; a column or field by its name, and why two clients are held alike.</summary>
    public static string Reason(Texts texts, string kind, string code, string[] args) => args.Length == 0
        ? texts[$"import.refused.{code}"]
        : $"{texts[$"import.refused.{code}"]}: {string.Join(", ", args.Select(arg => Word(texts, kind, arg)))}";

    private static string Word(Texts texts, string kind, string arg) =>
        texts.Has($"import.column.{kind}.{arg}") ? texts[$"import.column.{kind}.{arg}"] : texts.Has($"field.{arg}") ? texts[$"field.{arg}"]
            : arg.Split(' ') is [var field, var agreement] && texts.Has($"matchField.{field}") && texts.Has($"matchAgreement.{agreement}") ? $"{texts[$"matchField.{field}"]}: {texts[$"matchAgreement.{agreement}"]}" : arg;
}

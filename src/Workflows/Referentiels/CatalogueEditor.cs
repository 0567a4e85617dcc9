using System.Text.Json.Nodes;
using Cleiss.Activities;
using Cleiss.Persistence;
using Cleiss.Persistence.People;
using Cleiss.Persistence.Trails;
using Npgsql;

namespace Cleiss.Workflows.Referentiels;

/// <summary>Changes agreements and the catalogue of forms; every change is checked, written and recorded in one transaction.</summary>
public sealed class CatalogueEditor(ReferenceData reference, PeopleStore people, NpgsqlDataSource database, TimeProvider time)
{
    public const string AgreementKind = "agreement.saved";
    public const string FormKind = "catalogue-form.saved";
    public const string MoveKind = "catalogue-form.moved";
    public const string ArrowsKind = "form-life-arrows.saved";

    private DateOnly Today => ParisDate.Of(time.GetUtcNow());

    /// <exception cref="CatalogueRefusedException">The agreement is unknown, the change is wrong, or somebody else was faster.</exception>
    public async Task SaveAgreementAsync(string iso, AgreementChange change, Actor actor, CancellationToken cancellationToken)
    {
        var before = (await FindAsync(iso, cancellationToken)).Agreement;
        Refuse(CatalogueRules.Check(change), "agreement-invalid", "L'accord n'est pas enregistré.");
        var note = Blank(change.Note);
        var changes = new Differences()
            .Add("état", AgreementStatus.Words(before.Status), AgreementStatus.Words(change.Status!))
            .Add("en vigueur à compter du", before.InForceOn, change.InForceOn)
            .Add("dernier jour", before.EndedOn, change.EndedOn)
            .Add("note", before.SourceNote, note);
        await WriteAsync(
            "update agreements set status = $2, in_force_on = $3, ended_on = $4, source_note = $5, revision = revision + 1 where iso = $1 and revision = coalesce($6, revision)",
            [Sql.Text(iso), Sql.Text(change.Status), Sql.Date(change.InForceOn), Sql.Date(change.EndedOn), Sql.Text(note), Sql.Int(change.Revision)],
            new TrailEntry(TrailIds.Administration, actor, AgreementKind, $"a modifié l'accord {before.Partner} : {changes}", Facts(iso, null)),
            cancellationToken);
    }

    /// <summary>Changes a form of the catalogue, or adds it as a draft when the agreement has none of this key.</summary>
    /// <exception cref="CatalogueRefusedException">The agreement is unknown, the change is wrong, or somebody else was faster.</exception>
    public async Task SaveFormAsync(string iso, string key, FormChange change, Actor actor, CancellationToken cancellationToken)
    {
        var detail = await FindAsync(iso, cancellationToken);
        var faults = CatalogueRules.Check(key, change, detail.Forms).ToList();
        var before = detail.Forms.FirstOrDefault(form => form.FormKey == key);
        if (before is null && faults.Count == 0 && await reference.FindFormAsync(key, cancellationToken) is { } elsewhere)
        {
            faults.Add(new("code", "taken", $"Le code « {change.Code!.Trim()} » est déjà celui d'un formulaire de l'accord {elsewhere.AgreementIso}."));
        }

        Refuse(faults, "catalogue-form-invalid", "Le formulaire n'est pas enregistré.");
        var (code, titleFr) = (change.Code!.Trim(), change.TitleFr!.Trim());
        NpgsqlParameter[] values =
        [
            Sql.Text(key), Sql.Text(code), Sql.Text(Blank(change.PartnerCode)), Sql.Text(change.Family), Sql.Text(titleFr), Sql.Text(Blank(change.TitlePartner)),
            Sql.Text(change.Direction), Sql.Date(change.InForceOn), Sql.Date(change.EndedOn), Sql.Text(Blank(change.ReplacedBy)),
        ];
        if (before is null)
        {
            await WriteAsync(
                """
                insert into form_catalogue (form_key, code, partner_code, family, title_fr, title_partner, direction, in_force_on, ended_on, replaced_by, agreement_iso, life)
                values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'draft') on conflict (form_key) do nothing
                """,
                [.. values, Sql.Text(iso)],
                new TrailEntry(TrailIds.Administration, actor, FormKind, $"a ajouté au catalogue le formulaire {code} « {titleFr} »", Facts(iso, key)),
                cancellationToken);
            return;
        }

        var changes = new Differences()
            .Add("code", before.Code, code)
            .Add("code du partenaire", before.PartnerCode, Blank(change.PartnerCode))
            .Add("intitulé", before.TitleFr, titleFr)
            .Add("intitulé du partenaire", before.TitlePartner, Blank(change.TitlePartner))
            .Add("famille", before.Family, change.Family)
            .Add("sens", before.Direction, change.Direction)
            .Add("en vigueur à compter du", before.InForceOn, change.InForceOn)
            .Add("dernier jour", before.EndedOn, change.EndedOn)
            .Add("remplacé par", before.ReplacedBy, Blank(change.ReplacedBy));
        await WriteAsync(
            """
            update form_catalogue set code = $2, partner_code = $3, family = $4, title_fr = $5, title_partner = $6, direction = $7, in_force_on = $8,
                ended_on = $9, replaced_by = $10, revision = revision + 1
            where form_key = $1 and life = $11 and revision = coalesce($12, revision)
            """,
            [.. values, Sql.Text(before.Life), Sql.Int(change.Revision)],
            new TrailEntry(TrailIds.Administration, actor, FormKind, $"a modifié au catalogue le formulaire {before.Code} : {changes}", Facts(iso, key)),
            cancellationToken);
    }

    /// <summary>Moves a form one step along its life.</summary>
    /// <exception cref="CatalogueRefusedException">The form is unknown, the step is wrong or not this person's, or somebody else was faster.</exception>
    public async Task MoveFormAsync(string iso, string key, FormMove move, Actor actor, CancellationToken cancellationToken)
    {
        var detail = await FindAsync(iso, cancellationToken);
        var form = detail.Forms.FirstOrDefault(form => form.FormKey == key)
            ?? throw new CatalogueRefusedException(404, "unknown-form", $"L'accord « {iso} » n'a pas de formulaire « {key} ».");
        Refuse(CatalogueRules.Check(form, move, detail.Forms, Today), "form-move-invalid", "Le formulaire reste dans son état.");
        var arrow = (await ListArrowsAsync(cancellationToken)).FirstOrDefault(arrow => arrow.From == form.Life && arrow.To == move.To);
        if (arrow is null || !arrow.Roles.Any(actor.IsIn))
        {
            throw new CatalogueRefusedException(
                403, "form-move-not-yours",
                $"Vos rôles ne permettent pas de faire passer un formulaire de « {FormLife.Words(form.Life)} » à « {FormLife.Words(move.To!)} ». La liste « Qui peut faire avancer un formulaire » le dit ; un responsable de processus peut la changer.");
        }

        var day = move.On ?? Today;
        var (from, until, successor) = (form.Life, move.To) switch
        {
            (FormLife.Notified, FormLife.InForce) => (day, null, form.ReplacedBy),
            (FormLife.InForce, FormLife.Replaced) => (form.InForceOn, day, Blank(move.ReplacedBy) ?? form.ReplacedBy),
            // One step back: what the step had brought goes.
            (FormLife.Replaced, _) => (form.InForceOn, null, null),
            _ => ((DateOnly?)null, (DateOnly?)null, (string?)null),
        };
        var sentence = $"a fait passer le formulaire {form.Code} de « {FormLife.Words(form.Life)} » à « {FormLife.Words(move.To!)} »";
        sentence += move.To switch
        {
            FormLife.InForce when form.Life == FormLife.Notified => $" à compter du {Differences.Day(day)}",
            FormLife.Replaced => $" par {successor}, dernier jour le {Differences.Day(day)}",
            _ => "",
        };
        await WriteAsync(
            "update form_catalogue set life = $3, in_force_on = $4, ended_on = $5, replaced_by = $6, revision = revision + 1 where form_key = $1 and life = $2",
            [Sql.Text(key), Sql.Text(form.Life), Sql.Text(move.To), Sql.Date(from), Sql.Date(until), Sql.Text(successor)],
            new TrailEntry(TrailIds.Administration, actor, MoveKind, Blank(move.Reason) is { } reason ? $"{sentence} : {reason}" : sentence, Facts(iso, key)),
            cancellationToken);
    }

    /// <summary>The arrows of the life in its order, each with the roles that may use it.</summary>
    public async Task<IReadOnlyList<FormLifeArrow>> ListArrowsAsync(CancellationToken cancellationToken)
    {
        var stored = new Dictionary<(string, string), string[]>();
        await using var command = database.CreateCommand("select from_life, to_life, roles from form_life_arrows");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            stored[(reader.GetString(0), reader.GetString(1))] = await reader.GetFieldValueAsync<string[]>(2, cancellationToken);
        }

        return [.. FormLife.Line.SelectMany(from => FormLife.NeighboursOf(from).Select(to => new FormLifeArrow(from, to, stored.GetValueOrDefault((from, to), []))))];
    }

    /// <summary>Says who may use the given arrows; those not given stay as they are.</summary>
    /// <exception cref="CatalogueRefusedException">An arrow or a role is unknown, or an arrow would be nobody's.</exception>
    public async Task SaveArrowsAsync(IReadOnlyList<FormLifeArrow> arrows, Actor actor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(arrows);
        var roles = await people.ListRolesAsync(cancellationToken);
        var before = await ListArrowsAsync(cancellationToken);
        var faults = new List<ReferenceFault>();
        var changes = new Differences();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection, transaction);
        foreach (var arrow in arrows)
        {
            var path = $"{arrow.From}.{arrow.To}";
            var given = (arrow.Roles ?? []).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
            if (before.FirstOrDefault(known => known.From == arrow.From && known.To == arrow.To) is not { } known)
            {
                faults.Add(new(path, "arrow", $"Aucun passage ne mène de « {arrow.From} » à « {arrow.To} »."));
                continue;
            }

            var name = $"« {FormLife.Words(arrow.From)} » → « {FormLife.Words(arrow.To)} »";
            foreach (var role in given.Where(role => !roles.Contains(role)))
            {
                faults.Add(new(path, "unknown-role", $"{name} : le rôle « {role} » n'existe pas. Rôles : {string.Join(", ", roles)}."));
            }

            if (given.Length == 0)
            {
                faults.Add(new(path, "nobody", $"{name} : choisissez au moins un rôle, sinon aucun formulaire ne passerait plus."));
            }

            changes.Add(name, string.Join(", ", known.Roles.Order(StringComparer.Ordinal)), string.Join(", ", given));
            batch.Add(
                "insert into form_life_arrows (from_life, to_life, roles) values ($1, $2, $3) on conflict (from_life, to_life) do update set roles = $3",
                Sql.Text(arrow.From), Sql.Text(arrow.To), Sql.Texts(given));
        }

        Refuse(faults, "arrows-invalid", "Rien n'est enregistré.");
        if (changes.Any)
        {
            TrailSql.Append(batch, new TrailEntry(TrailIds.Administration, actor, ArrowsKind, $"a dit qui peut faire avancer un formulaire : {changes}"), time.GetUtcNow());
            await batch.ExecuteNonQueryAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
    }

    /// <summary>What happened to an agreement, or to one of its forms, newest first.</summary>
    public async Task<IReadOnlyList<TrailLine>> ListHistoryAsync(string iso, string? formKey, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            select position, at, actor_id, actor_name, kind, sentence from trail_entries
            where trail_id = $1 and facts ->> 'agreement' = $2 and ($3::text is null or facts ->> 'form' = $3)
            order by position desc limit 50
            """);
        command.AddParameters(Sql.Text(TrailIds.Administration), Sql.Text(iso), Sql.Text(formKey));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var lines = new List<TrailLine>();
        while (await reader.ReadAsync(cancellationToken))
        {
            lines.Add(new TrailLine(
                reader.GetInt64(0), await reader.GetFieldValueAsync<DateTimeOffset>(1, cancellationToken), reader.GetString(2), reader.GetString(3),
                reader.GetString(4), reader.GetString(5), null, ""));
        }

        return lines;
    }

    private async Task<AgreementDetail> FindAsync(string iso, CancellationToken cancellationToken) =>
        await reference.FindAgreementAsync(iso, cancellationToken)
        ?? throw new CatalogueRefusedException(404, "unknown-agreement", $"L'accord « {iso} » n'existe pas.");

    private async Task WriteAsync(string sql, NpgsqlParameter[] values, TrailEntry entry, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection, transaction);
        command.AddParameters(values);
        if (await command.ExecuteNonQueryAsync(cancellationToken) == 0)
        {
            throw new CatalogueRefusedException(409, "changed-meanwhile", "Quelqu'un d'autre vient de modifier cet élément. Rouvrez la page pour voir son état, puis recommencez.");
        }

        await using var batch = new NpgsqlBatch(connection, transaction);
        TrailSql.Append(batch, entry, time.GetUtcNow());
        await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private static void Refuse(IReadOnlyList<ReferenceFault> faults, string code, string message)
    {
        if (faults.Count > 0)
        {
            throw new CatalogueRefusedException(422, code, message, faults);
        }
    }

    private static JsonObject Facts(string iso, string? formKey) => new() { ["agreement"] = iso, ["form"] = formKey };

    private static string? Blank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}

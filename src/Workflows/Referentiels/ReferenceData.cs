using System.Text.Json.Nodes;
using Cleiss.Activities.Mail;
using Cleiss.Persistence;
using Cleiss.Persistence.People;
using Cleiss.Persistence.Trails;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Cleiss.Workflows.Referentiels;

/// <summary>An agreement with its liaison body and its forms.</summary>
public sealed record AgreementDetail(Agreement Agreement, LiaisonBody? LiaisonBody, IReadOnlyList<CatalogueForm> Forms);

/// <param name="Email">Null or empty: mails to this body are blocked until it has one.</param>
public sealed record LiaisonBodyChange(string Name, string Country, string Address, string? Email, string Language, string AgreementFr, string? AgreementPartner);

/// <summary>Agreements, liaison bodies and the catalogue of forms.</summary>
public sealed class ReferenceData(IDbContextFactory<CleissDbContext> contexts, NpgsqlDataSource database, TimeProvider time) : IPartnerDirectory
{
    public async Task<IReadOnlyList<Agreement>> ListAgreementsAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.Set<Agreement>().AsNoTracking().OrderBy(row => row.Partner).ToListAsync(cancellationToken);
    }

    /// <summary>How many forms of the catalogue each agreement has, by ISO code.</summary>
    public async Task<IReadOnlyDictionary<string, int>> CountFormsAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.Set<CatalogueForm>().GroupBy(row => row.AgreementIso).ToDictionaryAsync(group => group.Key, group => group.Count(), cancellationToken);
    }

    public async Task<AgreementDetail?> FindAgreementAsync(string iso, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.Set<Agreement>().AsNoTracking().FirstOrDefaultAsync(row => row.Iso == iso, cancellationToken) is not { } agreement
            ? null
            : new AgreementDetail(
                agreement,
                await context.Set<LiaisonBody>().AsNoTracking().FirstOrDefaultAsync(row => row.AgreementIso == iso, cancellationToken),
                await context.Set<CatalogueForm>().AsNoTracking().Where(row => row.AgreementIso == iso).OrderBy(row => row.Code).ToListAsync(cancellationToken));
    }

    public async Task<CatalogueForm?> FindFormAsync(string formKey, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.Set<CatalogueForm>().AsNoTracking().FirstOrDefaultAsync(row => row.FormKey == formKey, cancellationToken);
    }

    public async Task<LiaisonBody?> FindLiaisonBodyAsync(string iso, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.Set<LiaisonBody>().AsNoTracking().FirstOrDefaultAsync(row => row.AgreementIso == iso, cancellationToken);
    }

    public async Task<IReadOnlyList<LiaisonBody>> ListLiaisonBodiesAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.Set<LiaisonBody>().AsNoTracking().OrderBy(row => row.Name).ToListAsync(cancellationToken);
    }

    public async Task<EuropeanInstrument?> FindEuropeanInstrumentAsync(string iso, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.Set<EuropeanInstrument>().AsNoTracking().FirstOrDefaultAsync(row => row.Iso == iso, cancellationToken);
    }

    public async Task<PostingDuration?> FindPostingDurationAsync(string iso, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.Set<PostingDuration>().AsNoTracking().FirstOrDefaultAsync(row => row.Iso == iso, cancellationToken);
    }

    /// <summary>Whom we write to in a country: its liaison body, else the authority that the European instrument names.</summary>
    public async Task<LiaisonBody?> FindInstitutionAsync(string iso, CancellationToken cancellationToken) =>
        await FindLiaisonBodyAsync(iso, cancellationToken)
        ?? (await FindEuropeanInstrumentAsync(iso, cancellationToken) is { } european
            ? new LiaisonBody
            {
                AgreementIso = european.Iso,
                Name = european.Authority,
                Country = european.Country,
                Address = european.Country,
                Email = european.Email,
                Language = european.Language,
                AgreementFr = european.Instrument,
                Modelled = true,
                UpdatedBy = "system",
            }
            : null);

    public async Task<Partner?> FindAsync(string partner, CancellationToken cancellationToken) =>
        await FindInstitutionAsync(partner, cancellationToken) is { } body
            ? new Partner(body.AgreementIso, body.Name, body.Country, string.IsNullOrWhiteSpace(body.Email) ? null : body.Email, body.Language)
            : null;

    /// <summary>Creates or changes a liaison body; somebody has looked at it, so it is no longer « modélisé ».</summary>
    public async Task SaveLiaisonBodyAsync(string iso, LiaisonBodyChange change, Actor actor, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.Add(
            """
            insert into liaison_bodies (agreement_iso, name, country, address, email, language, agreement_fr, agreement_partner, modelled, updated_at, updated_by)
            values ($1, $2, $3, $4, $5, $6, $7, $8, false, $9, $10)
            on conflict (agreement_iso) do update set name = $2, country = $3, address = $4, email = $5, language = $6, agreement_fr = $7,
                agreement_partner = $8, modelled = false, updated_at = $9, updated_by = $10
            """,
            Sql.Text(iso), Sql.Text(change.Name), Sql.Text(change.Country), Sql.Text(change.Address),
            Sql.Text(string.IsNullOrWhiteSpace(change.Email) ? null : change.Email.Trim()), Sql.Text(change.Language), Sql.Text(change.AgreementFr),
            Sql.Text(change.AgreementPartner), Sql.Time(now), Sql.Text(actor.Id));
        TrailSql.Append(batch, new TrailEntry(TrailIds.Administration, actor, "liaison-body.saved", $"a enregistré l'organisme de liaison de l'accord {iso}", new JsonObject { ["agreement"] = iso }), now);
        await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }
}

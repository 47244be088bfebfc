"""Composition root: the only module that reads settings and builds resources.

Importing it reads the environment, opens no file but the recipes and reaches no network.
"""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any

import dagster as dg
import sqlalchemy as sa

import viral_forge_resources.llm
import viral_forge_resources.oauth
import viral_forge_resources.publishers
import viral_forge_resources.scanners
import viral_forge_resources.storage
import viral_forge_resources.vision
from schedules import access, rhythms
from sensors import candidates as candidate_sensors
from sensors import inboxes as inbox_sensors
from sensors import niches as niche_sensors
from sensors import publications as publication_sensors
from sensors import readings as reading_sensors
from sensors import runs as run_sensors
from sensors import trends as trend_sensors
from viral_forge_assets import (
    access_jobs,
    candidates,
    captions,
    edit_planning,
    jobs,
    learning_jobs,
    measuring_jobs,
    metrics,
    niche_jobs,
    proposals,
    publication,
    queues,
    quotas,
    rendering,
    reports,
    scene_mapping,
    source,
    takedowns,
)
from viral_forge_assets.domain.caption_styles import CaptionStyle, parse_caption_style
from viral_forge_assets.domain.recipes import Recipe, parse_recipe, require_caption_style
from viral_forge_assets.scanning import ScanPlan
from viral_forge_resources import resources as shells
from viral_forge_resources.accounts.keeping import SqlAccounts
from viral_forge_resources.accounts.sealing import VaultCipher
from viral_forge_resources.accounts.vault import Vault
from viral_forge_resources.contracts.costs import Budget
from viral_forge_resources.contracts.errors import Misconfigured
from viral_forge_resources.contracts.media_ports import FetchLimits
from viral_forge_resources.contracts.oauth import Login
from viral_forge_resources.contracts.prices import Prices
from viral_forge_resources.contracts.studio import Retention, Studio
from viral_forge_resources.media.subtitles import read_subtitles
from viral_forge_resources.plugins import open_plugin, plugin_names
from viral_forge_resources.settings import EnabledPlugins, Settings, settings_problems
from viral_forge_resources.state.engine import migrate, open_engine
from viral_forge_resources.state.tills import SqlTill
from viral_forge_resources.workers.parts.ytdlp import YtdlpSettings


def read_settings() -> Settings:
    """The studio's settings, known to be right together with those of every enabled plugin.

    Raises:
        Misconfigured: names every problem at once.
    """
    problems = all_settings_problems()
    if problems:
        raise Misconfigured("\n".join(["these settings are wrong:", *problems]))
    return Settings()


def all_settings_problems() -> list[str]:
    """Every problem of every setting that counts now; one line each, without values."""
    return settings_problems(enabled_plugins(EnabledPlugins()), also=[YtdlpSettings])


def enabled_plugins(settings: EnabledPlugins) -> dict[Any, tuple[str, ...]]:
    """Plugin package to the names of its enabled plugins."""
    return {
        viral_forge_resources.storage: (settings.storage,),
        viral_forge_resources.scanners: settings.scanners,
        viral_forge_resources.publishers: settings.publishers,
        viral_forge_resources.llm: settings.llm,
        viral_forge_resources.vision: settings.vision,
        viral_forge_resources.oauth: plugin_names(viral_forge_resources.oauth),
    }


def open_state(settings: Settings) -> sa.Engine:
    """The state database with its tables up to date."""
    engine = open_engine(settings.state_url or f"sqlite:///{settings.home / 'state.db'}")
    migrate(engine)
    return engine


def open_login(platform: str) -> Login:
    """How people give us access to their accounts on ``platform``.

    Raises:
        Misconfigured: no login is known for it.
    """
    login: Login = open_plugin(viral_forge_resources.oauth, platform)
    return login


def vault_of(settings: Settings) -> Vault:
    """What seals tokens."""
    return Vault([key.get_secret_value() for key in settings.token_keys])


def open_accounts(settings: Settings, state: sa.Engine) -> SqlAccounts:
    """Access to our accounts."""
    return SqlAccounts(state, vault_of(settings), open_login)


def shipped_recipes() -> Mapping[str, Recipe]:
    """Every recipe of ``viral_forge_assets/recipes``, by name."""
    styles = shipped_caption_styles()
    recipes = {name: parse_recipe(text, name=name) for name, text in _shipped("recipes").items()}
    for recipe in recipes.values():
        require_caption_style(recipe, styles)
    return recipes


def shipped_caption_styles() -> Mapping[str, CaptionStyle]:
    """Every style of ``viral_forge_assets/caption_styles``, by name."""
    found = _shipped("caption_styles")
    return {name: parse_caption_style(text, name=name) for name, text in found.items()}


def _shipped(folder: str) -> dict[str, bytes]:
    """JSON documents that come with the studio, by name."""
    found = sorted((files("viral_forge_assets") / folder).iterdir(), key=lambda file: file.name)
    return {
        Path(file.name).stem: file.read_bytes() for file in found if file.name.endswith(".json")
    }


def studio_of(settings: Settings) -> Studio:
    """The operator's policy."""
    return Studio(
        recipe=settings.recipe,
        requires_approval=settings.requires_approval,
        fetch_limits=FetchLimits(
            max_bytes=settings.max_source_bytes,
            max_duration_s=settings.max_source_seconds,
            max_pixels=settings.max_source_pixels,
            deadline_s=settings.download_deadline_seconds,
        ),
        console_url=str(settings.console_url).rstrip("/"),
    )


def music_folder_of(settings: Settings) -> Path:
    """Where the studio's music lies."""
    return settings.music_folder or settings.home / "music"


def scan_plan_of(settings: Settings) -> ScanPlan:
    """What a round of scans covers, and what it may take."""
    return ScanPlan(
        platforms=plugin_names(viral_forge_resources.scanners),
        deadline_s=settings.scan_deadline_seconds,
        niches_at_once=settings.concurrent_niches,
        most_videos=settings.most_videos_per_platform,
    )


def budget_of(settings: Settings) -> Budget:
    """What may be spent."""
    return Budget(
        usd=settings.llm_daily_usd,
        quantity=settings.llm_daily_tokens,
        day_usd=settings.daily_usd,
        clip_usd=settings.clip_usd,
    )


def prices_of(settings: Settings) -> Prices:
    """What things cost."""
    return Prices(
        cpu_hour=settings.price_cpu_hour_usd,
        gpu_hour=settings.price_gpu_hour_usd,
        gb_month=settings.price_gb_month_usd,
        api_unit=settings.price_api_units_usd,
        post=settings.price_posts_usd,
        currency=settings.currency_usd,
    )


def till_of(settings: Settings, state: sa.Engine) -> SqlTill:
    """What pays for units that platforms charge for."""
    return SqlTill(state=state, prices=prices_of(settings), budget=budget_of(settings))


def build_resources(settings: Settings) -> dict[str, object]:
    """Every resource by its key."""
    state = partial(open_state, settings)
    return {
        "state": shells.state_resource(state),
        "scratch": shells.scratch_resource(settings.home / "scratch", state),
        "storage": shells.StorageResource(backend=settings.storage),
        "scanners": shells.ScannersResource(names=list(settings.scanners)),
        "scan_tools": shells.scan_tools_resource(
            scanners=settings.scanners,
            open_till=partial(till_of, settings),
            answer_cache=settings.home / "answers",
            allow_private_addresses=settings.allow_private_addresses,
            concurrent_workers=settings.concurrent_workers,
        ),
        "scan_plan": scan_plan_of(settings),
        "thumbnails": shells.thumbnails_resource,
        "language_models": shells.LanguageModelsResource(names=list(settings.llm)),
        "vision_models": shells.VisionModelsResource(names=list(settings.vision)),
        "llm_budget": budget_of(settings),
        "prices": prices_of(settings),
        "retention": Retention(
            youtube_statistics=timedelta(days=settings.youtube_statistics_days),
            scan_outcomes=timedelta(days=settings.scan_outcomes_days),
        ),
        "publishers": shells.publishers_resource(
            settings.publishers,
            allow_private_addresses=settings.allow_private_addresses,
            open_accounts=partial(open_accounts, settings),
            open_till=partial(till_of, settings),
            is_dry_run=settings.dry_run,
        ),
        "metrics_readers": shells.metrics_readers_resource(
            settings.publishers,
            allow_private_addresses=settings.allow_private_addresses,
            open_accounts=partial(open_accounts, settings),
            open_till=partial(till_of, settings),
        ),
        "report_press": shells.report_press_resource,
        "cipher": VaultCipher(vault_of(settings)),
        "token_keeper": shells.token_keeper_resource(partial(open_accounts, settings)),
        "downloader": shells.DownloaderResource(
            allow_private_addresses=settings.allow_private_addresses
        ),
        "media": shells.MediaResource(),
        "transcriber": shells.TranscriberResource(
            model=settings.whisper_model, device=settings.whisper_device
        ),
        "subtitles": read_subtitles,
        "fonts": shells.FontsResource(
            folders=[str(folder) for folder in settings.font_folders], family=settings.font_family
        ),
        "renderer": shells.RendererResource(
            font_cache=str(settings.home / "font_cache"),
            font_folders=[str(folder) for folder in settings.font_folders],
            concurrent_renders=settings.concurrent_renders,
            encoder=settings.encoder,
        ),
        "music": shells.MusicResource(folder=str(music_folder_of(settings))),
        "backfills": shells.BackfillsResource(webserver_url=str(settings.webserver_url)),
        "recipes": shipped_recipes(),
        "caption_styles": shipped_caption_styles(),
        "studio": studio_of(settings),
        "progress": no_display,
    }


def no_display(doing: str, share: float) -> None:
    """Shows nothing: a run under the daemon has no terminal."""


def build_definitions(settings: Settings, **overrides: object) -> dg.Definitions:
    """Everything that Dagster is told, with ``overrides`` in place of resources of those keys."""
    by_candidate = [
        source,
        captions,
        scene_mapping,
        edit_planning,
        rendering,
        publication,
        metrics,
    ]
    stages = [quotas, proposals, queues, takedowns, reports, *by_candidate]
    return dg.Definitions(
        assets=[
            # Many niches are scanned side by side, so one run takes them all.
            *dg.load_assets_from_modules(
                [candidates], backfill_policy=dg.BackfillPolicy.single_run()
            ),
            *dg.load_assets_from_modules(stages),
        ],
        asset_checks=dg.load_asset_checks_from_modules([candidates, *stages]),
        jobs=[
            jobs.scan_job,
            jobs.candidate_job,
            jobs.publish_job,
            jobs.queue_job,
            jobs.takedown_job,
            jobs.metrics_job,
            measuring_jobs.readings_job,
            jobs.performance_job,
            jobs.report_job,
            jobs.approve_job,
            jobs.reject_job,
            jobs.reprocess_niche_job,
            niche_jobs.add_niche_job,
            niche_jobs.decide_proposals_job,
            learning_jobs.start_experiment_job,
            learning_jobs.stop_experiment_job,
            learning_jobs.refit_scores_job,
            jobs.housekeeping_job,
            access_jobs.tokens_job,
        ],
        sensors=[
            candidate_sensors.watched_niches_sensor,
            inbox_sensors.inboxes_sensor,
            candidate_sensors.shortlisted_candidates_sensor,
            candidate_sensors.retired_candidates_sensor,
            niche_sensors.removed_niches_sensor,
            trend_sensors.new_trends_sensor,
            publication_sensors.due_publications_sensor,
            publication_sensors.open_takedowns_sensor,
            reading_sensors.due_readings_sensor,
            run_sensors.silent_runs_sensor,
            run_sensors.failures_sensor,
        ],
        schedules=[
            rhythms.hourly_scan_schedule,
            rhythms.hourly_queue_schedule,
            rhythms.six_hourly_metrics_schedule,
            rhythms.daily_performance_schedule,
            rhythms.daily_report_schedule,
            rhythms.daily_housekeeping_schedule,
            access.ten_minutely_tokens_schedule,
        ],
        resources=build_resources(settings) | overrides,
        executor=dg.in_process_executor,
    )


defs = build_definitions(read_settings())

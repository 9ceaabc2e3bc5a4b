/** Which applications of a list are sent to FreeSWITCH in one write. */
import type { ApplicationToExecute } from './executions.js';

/**
 * Applications that return at once. Read from FreeSWITCH's sources: they set, start or stop something and do not wait for media, digits,
 * time or another leg. One that is not known here is taken to wait.
 */
const INSTANT = new Set(
  (
    'acknowledge_call answer bind_digit_action bind_meta_app block_dtmf bridge_export capture clear_digit_action ' +
    'cng_plc db deduplicate_dtmf digit_action_set_realm early_hangup enable_heartbeat enable_keepalive eval event export ' +
    'filter_codecs flush_dtmf hash info jitterbuffer log media_reset mkdir multiset multiunset novideo pre_answer presence ' +
    'privacy push queue_dtmf record_session record_session_mask record_session_pause record_session_resume ' +
    'record_session_unmask remove_bugs rename ring_ready sched_broadcast sched_cancel sched_hangup sched_heartbeat ' +
    'sched_transfer send_info session_loglevel set set_audio_level set_global set_media_stats set_mute set_name ' +
    'set_profile_var set_user set_zombie_exec start_dtmf start_dtmf_generate stop stop_displace_session stop_dtmf ' +
    'stop_dtmf_generate stop_record_session stop_tone_detect tone_detect unbind_meta_app unblock_dtmf unset unshift ' +
    'verbose_events'
  ).split(' '),
);

/** The applications from `first` on that return at once, and the one behind them. */
export function takeBatch(
  applications: readonly ApplicationToExecute[],
  first: number,
): readonly ApplicationToExecute[] {
  let end = first;
  while (INSTANT.has(applications[end]?.application.toLowerCase() ?? '')) end += 1;
  return applications.slice(first, end + 1);
}

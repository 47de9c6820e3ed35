"""What WhatsApp writes in place of messages, in the languages of its exports; a phrase that is missing here is text."""

from __future__ import annotations


def _table(text: str) -> frozenset[str]:
    return frozenset(line.strip().casefold() for line in text.strip().splitlines())


DELETED = _table("""
This message was deleted
You deleted this message
Diese Nachricht wurde gelöscht
Du hast diese Nachricht gelöscht
Se eliminó este mensaje
Este mensaje fue eliminado
Eliminaste este mensaje
Has eliminado este mensaje
Ce message a été supprimé
Ce message a été effacé
Vous avez supprimé ce message
Esta mensagem foi apagada
Mensagem apagada
Você apagou esta mensagem
Apagou esta mensagem
Questo messaggio è stato eliminato
Hai eliminato questo messaggio
Dit bericht is verwijderd
Dit bericht werd verwijderd
Je hebt dit bericht verwijderd
U hebt dit bericht verwijderd
Bu mesaj silindi
Bu mesajı sildiniz
Данное сообщение удалено
Сообщение удалено
Вы удалили данное сообщение
Ta wiadomość została usunięta
Usunięto tę wiadomość
Det här meddelandet har raderats
Du raderade det här meddelandet
Denne besked blev slettet
Du slettede denne besked
Denne meldingen ble slettet
Pesan ini telah dihapus
Anda menghapus pesan ini
تم حذف هذه الرسالة
لقد حذفت هذه الرسالة
此消息已删除
您已删除此消息
你已删除此消息
這則訊息已刪除
您已刪除這則訊息
このメッセージは削除されました
このメッセージを削除しました
삭제된 메시지입니다
이 메시지를 삭제했습니다
""")
"""Without the full stop that some versions write."""

OMITTED = _table("""
<Media omitted>
<Medien ausgeschlossen>
<Medien weggelassen>
<Multimedia omitido>
<Archivo omitido>
<Archivo multimedia omitido>
<Médias omis>
<Fichier omis>
<Média omis>
<Mídia oculta>
<Mídia omitida>
<Arquivo de mídia oculto>
<Ficheiro não revelado>
<Media omessi>
<Media omesso>
<Media non inclusi>
<Media weggelaten>
<Medya dahil edilmedi>
<Без медиафайлов>
<Файл пропущен>
<pominięto multimedia>
<Media har utelämnats>
<Media utelämnat>
<Medier udeladt>
<Mediefil utelatt>
<Media tidak disertakan>
<تم استبعاد الوسائط>
<省略多媒体文件>
<省略多媒體檔>
<メディアは含まれていません>
<미디어 제외됨>
""")
"""Android, any attachment."""

_KINDS = {
    "<image>": """image omitted;Bild weggelassen;imagen omitida;image absente;image omise;imagem ocultada
imagem omitida;immagine omessa;afbeelding weggelaten;görüntü dahil edilmedi;изображение опущено
Изображение отсутствует;bild utelämnad;billede udeladt;gambar tidak disertakan
图片已忽略;圖片已略過;画像は含まれていません;사진 생략됨;تم حذف الصورة
GIF omitted;GIF weggelassen;GIF omitido;GIF retiré;GIF omis;GIF esclusa;GIF omessa;GIF weggelaten""",
    "<video>": """video omitted;Video weggelassen;Video omitido;vidéo absente;vidéo omise;vídeo omitido;vídeo ocultado
video omesso;video weggelaten;video dahil edilmedi;видео опущено;видео отсутствует;video utelämnad;video udeladt
video note omitted;Videonachricht weggelassen;nota de video omitida;視訊已略過;视频已忽略""",
    "<audio>": """audio omitted;Audio weggelassen;audio omitido;audio omis;audio absent;áudio ocultado;áudio omitido
audio omesso;audio weggelaten;ses dahil edilmedi;аудио опущено;аудиофайл отсутствует;ljud utelämnat;lyd udeladt""",
    "<sticker>": """sticker omitted;Sticker weggelassen;sticker omitido;sticker omis;figurinha omitida
sticker omesso;sticker non incluso;sticker weggelaten;стикер опущен;çıkartma dahil edilmedi""",
    "<file>": """document omitted;Dokument weggelassen;documento omitido;document manquant;document omis
documento omesso;document weggelaten;belge dahil edilmedi;документ опущен;документ отсутствует
Contact card omitted;Kontaktkarte ausgelassen;Kontaktkarte weggelassen;Tarjeta de contacto omitida
fiche contact omise;Cartão do contato omitido;Scheda contatto omessa;contactkaart weggelaten""",
}
KINDS = {
    phrase.strip().casefold(): mark
    for mark, lines in _KINDS.items()
    for line in lines.splitlines()
    for phrase in line.split(";")
}
"""iOS, by what it was."""

ATTACHED = _table("""
file attached
Datei angehängt
archivo adjunto
fichier joint
arquivo anexado
ficheiro anexado
file allegato
bestand bijgevoegd
dosya ekli
файл добавлен
plik dołączony
bifogad fil
vedhæftet fil
file terlampir
ملف مرفق
文件附件
附件
添付ファイル
파일 첨부됨
""")
"""In brackets after a file's name."""

EDITED = _table("""
<This message was edited>
<Diese Nachricht wurde bearbeitet.>
<Diese Nachricht wurde bearbeitet>
<Se editó este mensaje.>
<Este mensaje fue editado>
<Ce message a été modifié>
<Mensagem editada>
<Esta mensagem foi editada>
<Questo messaggio è stato modificato>
<Dit bericht is bewerkt>
<Bu mesaj düzenlendi>
<Данное сообщение изменено>
""")
"""After a message that its author changed."""

CALLS = _table("""
Missed voice call
Missed video call
Missed group voice call
Missed group video call
Verpasster Sprachanruf
Verpasster Videoanruf
Llamada perdida
Videollamada perdida
Appel vocal manqué
Appel vidéo manqué
Chamada de voz perdida
Chamada de vídeo perdida
Chiamata vocale persa
Videochiamata persa
Gemiste spraakoproep
Gemiste video-oproep
Waiting for this message
Waiting for this message. This may take a while.
""")
"""Whole texts that nobody wrote."""

NOTICES = tuple(line.casefold() for line in """
Messages and calls are end-to-end encrypted
Messages to this group are now secured
Messages to this chat and calls are now secured
Messages you send to this
Nachrichten und Anrufe sind Ende-zu-Ende-verschlüsselt
Nachrichten in diesem Chat sowie Anrufe
Nachrichten, die du in dies
Los mensajes y las llamadas están cifrados
Los mensajes y llamadas están cifrados
Les messages et les appels sont chiffrés
Les messages et appels sont chiffrés
As mensagens e as chamadas são protegidas
As mensagens e chamadas são protegidas
As mensagens e ligações são protegidas
I messaggi e le chiamate sono crittografati
Berichten en gesprekken worden end-to-end versleuteld
Berichten en oproepen worden end-to-end versleuteld
Mesajlar ve aramalar uçtan uca şifrelidir
Сообщения и звонки защищены сквозным шифрованием
Wiadomości i połączenia są w pełni szyfrowane
Pesan dan panggilan dienkripsi secara end-to-end
الرسائل والمكالمات مشفرة
消息和通话
訊息和通話
メッセージと通話は
메시지와 통화는
""".strip().splitlines())  # fmt: skip
"""How notices of encryption begin; in a group its name stands before them like a speaker."""

DOING = (
    " changed ", " added", " created ", " removed", " left", " joined", " pinned ", " turned o", " deleted this",
    " geändert", " hinzugefügt", " erstellt", " entfernt", " ha cambiado ", " cambió ", " añadió ", " creó ",
    " a changé ", " a modifié ", " a ajouté", " a créé ", " mudou ", " alterou ", " adicionou", " criou ",
    " ha modificato ", " ha aggiunto", " ha creato ", " heeft ", " değiştirdi", " изменил", " добавил", " создал",
    "security code", "Sicherheitsnummer", "código de seguridad", "code de sécurité", "código de segurança",
)  # fmt: skip
"""What a name does not hold, but a notice that has a colon in what it tells (a new subject, a group's description)."""
